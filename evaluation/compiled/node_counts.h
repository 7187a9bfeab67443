/// \file The error estimate of quadrature: the change between two numbers of nodes.
#pragma once

#include <cstdint>

namespace tpc::evaluation {

/// About three quarters of the nodes, odd where `nodes` is even and the other way round: of a steep function, rules
/// with and without a node at 0 err in opposite directions. 0: there is no coarser rule.
constexpr int64_t coarser_node_count(int64_t nodes) {
  const int64_t fewer = nodes * 3 / 4;
  return fewer > 1 && (nodes - fewer) % 2 == 0 ? fewer - 1 : fewer;
}

/// Half as many again, odd where `nodes` is even and the other way round.
constexpr int64_t finer_node_count(int64_t nodes) {
  const int64_t more = nodes * 3 / 2;
  return (more - nodes) % 2 == 0 ? more - 1 : more;
}

}  // namespace tpc::evaluation
