/// \file The network to first order in the changes of its weights, as a training program of its own (README.md of this
/// folder, equation 5). Shown by: tests/unit/evaluation/operator_test.cpp (networks that become wider).
#pragma once

#include <vector>

#include "ir/core/optimizer.h"
#include "ir/tp/ir.h"

namespace tpc::passes::kernel {

/// What to linearise: by StateId of the source module.
struct Linearised {
  std::vector<bool> moving;    ///< states whose changes move the output
  bool trains_others = false;  ///< changes of the other trained states are needed, too: gradients are clipped together
  bool starts_random = false;  ///< f_0 is a Gaussian process; else it is left out, being 0
};

/// Functions predict, loss, criterion, step, observe_<i> on the states of `source` that `predict` reads, as they are at
/// initialisation, and for every state w of `wanted` a state `Δ w`, at first 0, that the optimizer trains. Where f_0 is
/// random it is made of independent copies of the states in which it is linear (`noise w`). `source` is a training
/// program (with predict, step and criterion). Throws NoKernel.
ir::tp::Module linearised_program(const ir::tp::Module& source, const Linearised& wanted,
                                  const ir::OptimizerSettings& optimizer);

}  // namespace tpc::passes::kernel
