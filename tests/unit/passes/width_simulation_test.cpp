// The exponents of networks the theorem does not speak of, against networks of finite width: how initial values and
// changes of every hidden vector and of the output scale between two widths.
#include <doctest/doctest.h>

#include <cmath>

#include "evaluation/interpreter/interpreter.h"
#include "passes/width/forward.h"
#include "passes/width/width_analysis.h"
#include "tests/unit/passes/width_architectures.h"

namespace {

using namespace tpc;
using namespace tpc::testing;

struct Sizes {
  std::vector<double> initial, change;  ///< mean squares by observed value
};

/// The observed values as further results of predict, "o0", "o1", ...: hidden vectors, then the output.
std::vector<ValueId> observe(tp::Module& module) {
  tp::Function& predict = *module.find(ir::FunctionRole::predict);
  std::vector<ValueId> observed = passes::width::hidden_vectors(predict);
  observed.push_back(predict.result("output"));
  for (size_t i = 0; i < observed.size(); ++i) predict.results.push_back({"o" + std::to_string(i), observed[i]});
  return observed;
}

void add_mean_squares(const tp::Module& module, size_t count, int64_t width, uint64_t seed, Sizes& sizes) {
  tpc::evaluation::Batch batch{3, {{"x", {1.0, 0.3, -0.4, 0.8, 0.2, -1.1}}, {"y", {2.0, -2.0, 1.5}}}};
  tpc::evaluation::Interpreter network(module, width, seed);
  auto before = network.run(ir::FunctionRole::predict, batch);
  for (int t = 0; t < 4; ++t) network.run(ir::FunctionRole::step, batch);
  auto after = network.run(ir::FunctionRole::predict, batch);
  for (size_t i = 0; i < count; ++i) {
    const auto& first = before["o" + std::to_string(i)];
    const auto& last = after["o" + std::to_string(i)];
    double initial = 0, change = 0;
    for (size_t j = 0; j < first.size(); ++j) {
      initial += first[j] * first[j];
      change += (last[j] - first[j]) * (last[j] - first[j]);
    }
    sizes.initial[i] += initial / static_cast<double>(first.size());
    sizes.change[i] += change / static_cast<double>(first.size());
  }
}

Sizes measure(const tp::Module& module, size_t count, int64_t width) {
  Sizes sizes{std::vector<double>(count), std::vector<double>(count)};
  constexpr uint64_t first_seed = 11, seeds = 8;
  for (uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    add_mean_squares(module, count, width, seed, sizes);
  }
  return sizes;
}

/// All exponents here are multiples of 1/2, so less than 1/4 off decides; 8 seeds, two widths a factor 8 apart.
void check_slope(double small, double large, const ir::Exponent& expected) {
  REQUIRE(expected.finite());
  double slope = 0.5 * std::log(large / small) / std::log(8.0);
  CHECK(std::abs(slope - expected.rational().value()) < 0.25);
}

void check_scaling(std::vector<State> states, const Forward& forward, int64_t width) {
  states.back().init.value = 0.3;  // a random initial output small against the targets: errors are alike over seeds
  tp::Module module = training_program(std::move(states), forward);
  passes::WidthAnalysis analysis = passes::analyze_width(module);
  std::vector<ValueId> observed = observe(module);
  Sizes small = measure(module, observed.size(), width);
  Sizes large = measure(module, observed.size(), 8 * width);
  for (size_t i = 0; i < observed.size(); ++i) {
    const auto& exponents = analysis.predict[observed[i].index];
    CAPTURE(i);
    CAPTURE(module.find(ir::FunctionRole::predict)->at(observed[i]).name);
    check_slope(small.initial[i], large.initial[i], exponents.initial);
    check_slope(small.change[i], large.change[i], exponents.change);
  }
}

}  // namespace

TEST_CASE("measured exponents: residual, tied, normalised, recurrent and attention networks") {
  const std::pair<std::string, Parametrization> points[] = {{"mup", mup()}, {"ntp", ntp()}, {"sp, c = 1", sp(1)}};
  for (const auto& [name, point] : points) {
    CAPTURE(name);
    const std::pair<std::string, Forward> networks[] = {
        {"residual", residual}, {"tied", tied}, {"normalised", normalised}, {"recurrent", recurrent}};
    for (const auto& [architecture, forward] : networks) {
      CAPTURE(architecture);
      check_scaling(three_weights(point), forward, 48);
    }
  }
  // At mup all scalars obey a law of large numbers; elsewhere the scores' gradients stay random and want many seeds.
  INFO("attention at mup");
  check_scaling(attention_weights(mup()), attention, 96);
}
