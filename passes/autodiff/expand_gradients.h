/// \file Derivatives inside a program (ir::tp::Gradient) as TP IR: what a function does with gradients of its own
/// values, like a step of gradient descent, becomes forward code that reverse mode differentiates like any other. Shown
/// by: tests/unit/passes/expand_gradients_test.cpp (against finite differences, first and second order),
/// tests/lit/passes/expand-gradients.
#pragma once

#include <string>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

bool has_gradients(const ir::tp::Module& module);

/// Why a gradient is not one for every index of its value: that is made of a sum over such an index (or of another
/// rearrangement) of what depends on `wrt`. Empty: there is none.
std::string gradient_fault(const ir::tp::Module& module);

/// Replaces every `gradient` by operations, in order: a gradient may depend on earlier ones. Gradients of one value are
/// found by one reverse sweep, in which no adjoint is summed over the dimensions of that value. Gradients by matrices
/// are matrices with finite dimensions (passes/contractions multiplies them out). Where a value does not depend on
/// `wrt` the gradient is zero. What uses a gradient may come in another order of dimensions; results and writes keep
/// theirs. Precondition: the module verifies, and gradient_fault finds nothing.
void expand_gradients(ir::tp::Module& module);

/// A gradient that is zero although its value depends on `wrt`: through step, sign or pow 0 alone.
struct VanishingGradient {
  ir::FunctionKey function;
  ir::ValueId gradient;
  Span span;
};
/// Before the expansion: those of all functions.
std::vector<VanishingGradient> vanishing_gradients(const ir::tp::Module& module);

/// Every `stop_gradient` of the function becomes its argument: for what is not differentiated again.
void drop_stop_gradients(ir::tp::Module& module, ir::tp::Function& function);

}  // namespace tpc::passes
