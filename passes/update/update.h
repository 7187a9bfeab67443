/// \file The optimizer: turns the function `gradient` into `step`, the training step of the program.
#pragma once

#include "ir/tp/ir.h"

namespace tpc::passes {

/// Plain SGD on the trained weights w (not on W = n^{-a} w): w <- w - lr n^{-c} dLoss/dw (TP-IV eq. for abc-SGD),
/// c being each state's own.
struct SgdOptions {
  double learning_rate = 0.0;
};

/// Replaces the function `gradient` by `step`: the same body plus, for every state with a gradient,
/// write @w (read @w - (lr * n^{-c}) * d.w); its only result is "loss" (at the parameters before the step).
/// Precondition: the module has a function `gradient` (add_gradient). Shown by: tests/unit/passes/update_test.cpp,
/// tests/lit/passes/update.
void add_sgd_step(ir::tp::Module& module, const SgdOptions& options);

}  // namespace tpc::passes
