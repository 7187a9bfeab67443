/// \file The numbers of nodes of the Gauss-Hermite sums that stand for expectations without a closed form.
#pragma once

#include <cstdint>

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Nodes in each Gaussian direction: the kernel of a tanh layer at variance 1.5 is off by 1e-4 with 48 and by 1e-5 with
/// 64.
inline constexpr int64_t default_quadrature_nodes = 64;

/// Nodes of the Gauss-Hermite sums in the module, the most of any dimension; 0: there are none.
int64_t quadrature_nodes(const ir::limit::Module& module);
/// The same sums with other numbers of nodes: `nodes` in every dimension.
ir::limit::Module with_quadrature_nodes(ir::limit::Module module, int64_t nodes);

}  // namespace tpc::passes
