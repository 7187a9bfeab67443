/// \file Which products of two contributions to a gradient a kernel needs in the limit.
///
/// Of the gradients' inner product, sum_{u,u'} (l_u . l'_u') (r_u . r'_u') over all uses u, u' of a weight, those
/// products are needed that are of the largest size. The steps of a recurrence use one weight T times, but the
/// gradients of two different steps are mostly uncorrelated: T of the T^2 products remain, and only these are ever
/// written down. Shown by: tests/unit/passes/kernel_test.cpp, tests/numeric/recurrent_kernel_test.py (all pairs,
/// written out).
#pragma once

#include <vector>

#include "passes/kernel/kernel_factors.h"
#include "passes/width/width_analysis.h"

namespace tpc::passes::kernel {

/// By StateGradient and contribution on the first side: those on the second side that it is multiplied with.
using ChosenProducts = std::vector<std::vector<std::vector<size_t>>>;

ChosenProducts all_products(const KernelFactors& factors);

/// Those that are not smaller at initialisation than the largest of the same state. `trained`: exponents of the values
/// of `kernel` in training, or nothing; products that may come to order one are then kept, too.
ChosenProducts leading_products(const KernelFactors& factors, const std::vector<ValueExponents>& trained);

}  // namespace tpc::passes::kernel
