/// \file The numbers of nodes of the sums that stand for expectations without a closed form.
#pragma once

#include <cstdint>

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Nodes in each Gaussian direction to begin with: E tanh^2 is off by 1e-9 at variance 2 and by 1e-6 at 4.
inline constexpr int64_t default_quadrature_nodes = 64;

/// Nodes of the sums in the module, the most of any dimension; 0: there are none.
int64_t quadrature_nodes(const ir::limit::Module& module);
/// The same sums with other numbers of nodes: `nodes` in every dimension.
ir::limit::Module with_quadrature_nodes(ir::limit::Module module, int64_t nodes);

}  // namespace tpc::passes
