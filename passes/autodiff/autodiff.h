/// \file Reverse-mode differentiation of a TP IR function with respect to every state it reads.
/// Rules are one table line per operation and primitive (rules_*.cpp). Result: gradients as TP IR again, batched over
/// the same finite dimensions, so the limit of the backward pass is derived by the same rules as that of the forward
/// pass. Shown by: tests/unit/passes/autodiff_test.cpp (against finite differences), tests/lit/passes/autodiff.
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

/// Appends to `module` a function `gradient`: the body of function `loss` (whose single result, named "loss", is a
/// scalar[]), followed by its derivatives; results: "loss", and "d.<state>" for every state of the module that the loss
/// depends on (the type of the state). It has no stop_gradient, which nothing needs there any more. Intermediate
/// gradients of a value named z are named dz. A module with the function `criterion` (ir/tp/criterion.h) is
/// differentiated through the output of `predict`: the body is that of `predict` and the criterion, and "output" is a
/// result, too (output_gradient.h). Precondition: the module verifies and has a function "loss".
/// `by`: the states to differentiate by; empty: all of them.
void add_gradient(ir::tp::Module& module, const std::vector<ir::StateId>& by = {});

}  // namespace tpc::passes
