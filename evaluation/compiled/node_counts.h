/// \file How many nodes a dimension quadrature takes: as many as the error asks for, if the work allows it. The error
/// estimate is the change between two numbers of nodes.
#pragma once

#include <cstdint>

#include "evaluation/compiled/runtime_state.h"
#include "evaluation/compiled/work_estimate.h"
#include "ir/limit/ir.h"

namespace tpc::evaluation {

/// Where more nodes are no longer needed: a change by this, or by this share of numbers beyond 1.
inline constexpr double node_tolerance = 1e-8;
/// The same of what is exact but for rounding: beyond it rounding is no longer negligible.
inline constexpr double rounding_tolerance = 1e-10;

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

/// What the result is compared with: one node more where so many are exact already, else coarser_node_count.
constexpr int64_t compared_node_count(const LimitSettings& settings) {
  return settings.to_rounding ? settings.samples + 1 : coarser_node_count(settings.samples);
}

/// Points of a rule with so many nodes in each of so many dimensions.
double point_count(NodeRule rule, int64_t nodes, int64_t dimensions);

/// Whether a run at so many points is still cheap: some seconds, a gigabyte or two.
bool affordable(const ir::limit::Module& module, const WorkFacts& facts, double points);

/// The most nodes a dimension, up to `most_nodes` (settings.h), that are affordable; 0: there are none.
int64_t most_affordable_nodes(const ir::limit::Module& module, const WorkFacts& facts, NodeRule rule,
                              int64_t dimensions);

}  // namespace tpc::evaluation
