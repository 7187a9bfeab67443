/// \file The kernel and the initial covariance of a network at finite width, as a TP IR function of two batches.
/// Shown by: tests/unit/passes/kernel_test.cpp, against gradients taken one example at a time.
#pragma once

#include <optional>
#include <vector>

#include "ir/tp/ir.h"
#include "passes/kernel/leading_products.h"

namespace tpc::passes::kernel {

/// What one state adds to a covariance or kernel.
struct StateTerm {
  ir::StateId state;
  ir::ValueId value;  ///< scalar over the two batches
};

/// `module.functions`: predict, and `kernel`, whose values these are (its results are chosen later).
struct KernelProgram {
  ir::tp::Module module;
  BatchPair batches;
  /// Of every state that learns: learning_rate_factor n^{-c} <grad_w f(xi_i), grad_w f(xi'_j)>.
  std::vector<StateTerm> kernel;
  /// Of the states in which the initial function is linear: sigma^2 n^{-2b} <grad_V f(xi_i), grad_V f(xi'_j)>.
  std::vector<StateTerm> covariance;
};

/// The sums of the chosen products; states of which none is chosen have no term.
KernelProgram kernel_program(KernelFactors factors, const ChosenProducts& chosen);

/// Makes `kernel` a function with the results `kernel`, those of the kernels of `parts` (kernel_result of 1, 2, ..)
/// and, if there are terms of it, `nngp`: sums of these terms.
void choose_results(KernelProgram& program, const std::vector<StateTerm>& kernel,
                    const std::vector<StateTerm>& covariance, const std::vector<std::vector<StateTerm>>& parts = {});

}  // namespace tpc::passes::kernel
