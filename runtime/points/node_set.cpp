#include "runtime/points/node_set.h"

#include <cmath>
#include <numeric>
#include <string>

#include "runtime/points/normal_rule.h"
#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

/// Calls keep(multi-index, weight) for every combination within the radius, the first dimension fastest. The last
/// dimensions are fixed first: what is too far out with them alone has no combinations.
template <class Keep>
class Combinations {
 public:
  Combinations(const QuadratureRule& rule, std::size_t dimensions, double radius, const Keep& keep)
      : rule_(rule), index_(dimensions), squared_radius_(radius * radius), keep_(keep) {}

  void run() { fix(index_.size(), 0.0, 1.0); }

 private:
  void fix(std::size_t left, double square, double weight) {  // NOLINT(misc-no-recursion)
    if (left == 0) return keep_(index_, weight);
    for (std::size_t i = 0; i < rule_.nodes.size(); ++i) {
      const double longer = square + rule_.nodes[i] * rule_.nodes[i];
      if (longer > squared_radius_) continue;
      index_[left - 1] = i;
      fix(left - 1, longer, weight * rule_.weights[i]);
    }
  }

  const QuadratureRule& rule_;
  std::vector<std::size_t> index_;
  double squared_radius_;
  const Keep& keep_;
};

template <class Keep>
void for_combinations(const QuadratureRule& rule, std::size_t dimensions, double radius, const Keep& keep) {
  Combinations<Keep>(rule, dimensions, radius, keep).run();
}

}  // namespace

NodeSet tensor_nodes(const QuadratureRule& rule, std::size_t dimensions, double radius) {
  NodeSet set;
  set.dimensions = dimensions;
  for_combinations(rule, dimensions, radius, [&](const std::vector<std::size_t>&, double weight) {
    if (set.weights.size() == most_quadrature_points) {
      fail(TP_INVALID_ARGUMENT, std::to_string(rule.nodes.size()) + " nodes in each of " + std::to_string(dimensions) +
                                    " Gaussian dimensions are more than 2^22 points; use fewer nodes or qmc");
    }
    set.weights.push_back(weight);
  });
  set.count = set.weights.size();
  const double total = std::accumulate(set.weights.begin(), set.weights.end(), 0.0);
  for (double& weight : set.weights) weight /= total;
  set.values.resize(dimensions * set.count);
  std::size_t point = 0;
  for_combinations(rule, dimensions, radius, [&](const std::vector<std::size_t>& index, double) {
    for (std::size_t d = 0; d < dimensions; ++d) set.values[d * set.count + point] = rule.nodes[index[d]];
    ++point;
  });
  return set;
}

NodeSet normal_nodes(std::size_t count, std::size_t dimensions) {
  const QuadratureRule rule = normal_rule(count);
  constexpr double and_rounding = 1.0 + 1e-12;
  return tensor_nodes(rule, dimensions,
                      dimensions > 1 ? rule.nodes.back() * and_rounding : std::numeric_limits<double>::infinity());
}

}  // namespace tpc::runtime
