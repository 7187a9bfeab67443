/// \file What the kernel of a network is made of: by state, the factors of its gradient at two batches of examples.
#pragma once

#include <vector>

#include "ir/tp/ir.h"
#include "passes/kernel/inner_product.h"
#include "passes/kernel/one_output.h"

namespace tpc::passes::kernel {

/// One contribution to the gradient of a state, at the points of the first and of the second batch.
struct TwoSided {
  Contribution one, other;
};

/// A state that learns, or that the initial function is linear in.
struct StateGradient {
  ir::StateId state;
  bool is_linear = false;
  std::vector<TwoSided> contributions;
};

/// `module.functions`: predict, and `kernel` without results, whose values the contributions are.
struct KernelFactors {
  ir::tp::Module module;
  BatchPair batches;
  std::vector<StateGradient> gradients;  ///< in the order of the states
};

/// `copied`: the second side has its own, independent rows of the states that differ by output: only states that the
/// outputs share are listed then. Throws NoKernel.
KernelFactors kernel_factors(const OneOutput& network, bool copied = false);

}  // namespace tpc::passes::kernel
