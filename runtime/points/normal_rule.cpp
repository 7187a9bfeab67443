#include "runtime/points/normal_rule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "runtime/support/failure.h"

namespace tpc::runtime {

QuadratureRule normal_rule(std::size_t count) {
  require(count >= 1 && count <= 512, "a rule for a normal variable takes 1 to 512 nodes");
  // The ends are as far away as makes what lies beyond them, exp(-end^2 / 2), equal to the error of the spacing for the
  // density itself, exp(-2 pi^2 / h^2); never farther than where the density is below the last digit.
  constexpr double farthest = 8.5;
  const auto nodes = static_cast<double>(count);
  const double spacing = 2.0 * std::min(std::sqrt(std::numbers::pi * nodes), farthest) / nodes;
  QuadratureRule rule;
  double total = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double node = spacing * (static_cast<double>(i) - 0.5 * (nodes - 1.0));
    rule.nodes.push_back(node);
    rule.weights.push_back(std::exp(-0.5 * node * node));
    total += rule.weights.back();
  }
  for (double& weight : rule.weights) weight /= total;
  return rule;
}

}  // namespace tpc::runtime
