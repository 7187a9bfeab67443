/// \file The error estimate of Gauss-Hermite quadrature: the change against a coarser rule.
#pragma once

#include <cstdint>

namespace tpc::evaluation {

/// About three quarters of the nodes, odd where `nodes` is even and the other way round: of a steep function, rules
/// with and without a node at 0 err in opposite directions. 0: there is no coarser rule.
constexpr int64_t coarser_node_count(int64_t nodes) {
  const int64_t fewer = nodes * 3 / 4;
  return fewer > 1 && (nodes - fewer) % 2 == 0 ? fewer - 1 : fewer;
}

}  // namespace tpc::evaluation
