/// \file The optimizer: turns the function `gradient` into `step`, the training step of the program.
#pragma once

#include <string>
#include <vector>

#include "ir/core/optimizer.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

/// Replaces the function `gradient` by `step`: the same body plus, for every state with a gradient, the update of
/// write_sgd_update (sgd_rule.h), or of write_lazy_update where that is wanted and the gradient is one by rows, with
/// the width factor n^{-c}, the gradients clipped together first; its results are "loss" and, if the gradient has it,
/// "output" (both at the parameters before the step). Momentum and the counters of schedules become states of the
/// module. Precondition: the module has a function `gradient` (add_gradient), and clipping_fault finds nothing. Shown
/// by: tests/unit/passes/update_test.cpp, tests/lit/passes/update.
void add_sgd_step(ir::tp::Module& module, const ir::SgdSettings& settings);

/// What an entrywise optimizer sees of a state's gradient: G = n^d (g + weight decay), a value of `step`.
struct SeenGradient {
  ir::StateId state;
  ir::ValueId value;
};

/// The same by the rule of an entrywise optimizer (entrywise_rule.h); gradient scales d that are not given are chosen
/// (faithful_scales.h).
std::vector<SeenGradient> add_entrywise_step(ir::tp::Module& module, const ir::EntrywiseSettings& settings);

/// Why the optimizer cannot clip the gradients of the module: one of a matrix is not made of outer products, as those
/// of add_gradient are. Empty: it can, or does not clip.
std::string clipping_fault(const ir::tp::Module& module, const ir::OptimizerSettings& settings);

/// A training step by any optimizer's rule. Empty: none of an entrywise one.
std::vector<SeenGradient> add_training_step(ir::tp::Module& module, const ir::OptimizerSettings& settings);

}  // namespace tpc::passes
