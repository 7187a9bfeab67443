#include "evaluation/compiled/node_counts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "evaluation/compiled/settings.h"

namespace tpc::evaluation {
namespace {

constexpr double most_points = 4194304.0;  // of the runtime: 2^22
/// Of the run with the most nodes; those before it together take about as long again.
constexpr double most_flops = 3.0e11, most_bytes = 2.0e9;
/// Arrays over the points and the examples of a batch that a call holds at a time, more or less.
constexpr double arrays_of_a_call = 6.0;
constexpr int64_t examples_of_a_prediction = 16;  // at least (limit_evaluator.cpp)

/// Of the cube [-1, 1]^d, the share of the ball within it.
double share_of_ball(int64_t dimensions) {
  const double half = 0.5 * static_cast<double>(dimensions);
  return std::pow(0.25 * std::numbers::pi, half) / std::tgamma(half + 1.0);
}

}  // namespace

double point_count(NodeRule rule, int64_t nodes, int64_t dimensions) {
  const double cube = std::pow(static_cast<double>(nodes), static_cast<double>(dimensions));
  return rule == NodeRule::trapezoidal && dimensions > 1 ? share_of_ball(dimensions) * cube : cube;
}

bool affordable(const ir::limit::Module& module, const WorkFacts& facts, double points) {
  if (!(points <= most_points)) return false;
  const auto samples = static_cast<int64_t>(points);
  const Work work = estimate_work(module, facts, samples);
  const int64_t examples = std::max(facts.batch, std::min(facts.evaluated, examples_of_a_prediction));
  const double arrays = 8.0 * arrays_of_a_call * points * static_cast<double>(examples);
  return work.flops <= most_flops && work.bytes + arrays <= most_bytes;
}

int64_t most_affordable_nodes(const ir::limit::Module& module, const WorkFacts& facts, NodeRule rule,
                              int64_t dimensions) {
  // The cost grows with the number of nodes: bisection, `least` being affordable.
  int64_t least = 0, beyond = most_nodes + 1;
  while (beyond - least > 1) {
    const int64_t middle = (least + beyond) / 2;
    (affordable(module, facts, point_count(rule, middle, dimensions)) ? least : beyond) = middle;
  }
  return least;
}

}  // namespace tpc::evaluation
