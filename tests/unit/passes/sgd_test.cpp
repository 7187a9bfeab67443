/// Momentum, weight decay, clipping and schedules at finite width: the step program against the formulas of
/// ir::SgdSettings, applied by hand to the gradients of an untouched program at the same parameters. States that the
/// limit does not need.
#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "passes/autodiff/autodiff.h"
#include "passes/limit/unused_states.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/simplify.h"
#include "passes/update/learning_rate.h"
#include "passes/update/sgd_rule.h"
#include "passes/update/update.h"
#include "small_program.h"

using namespace tpc;
using ir::StateId;
namespace tp = ir::tp;

namespace {

double learning_rate(const ir::Schedule& schedule, int t) {
  const double p = std::min(static_cast<double>(t) / static_cast<double>(schedule.length), 1.0);
  switch (schedule.kind) {
    case ir::ScheduleKind::constant: return schedule.first;
    case ir::ScheduleKind::linear: return schedule.first + (schedule.last - schedule.first) * p;
    case ir::ScheduleKind::cosine:
      return schedule.last + (schedule.first - schedule.last) * (1.0 + std::cos(3.14159265358979323846 * p)) / 2.0;
    case ir::ScheduleKind::steps: return schedule.first * std::pow(schedule.factor, t / schedule.every);
  }
  return 0.0;
}

/// Descent by hand on the arrays of the states.
class DescentByHand {
 public:
  DescentByHand(const tp::Module& module, const ir::SgdSettings& settings, uint64_t seed)
      : module_(module), settings_(settings), network_(module, testing::small_width, seed, 1) {
    for (size_t i = 0; i < module.states.size(); ++i) momentum_.emplace_back(network_.state(StateId(i)).size(), 0.0);
  }
  double step(const tpc::evaluation::Batch& batch, int t) {
    const auto gradient = network_.run(ir::FunctionRole::gradient, batch);
    double square = 0.0;
    for (const ir::State& state : module_.states) {
      const auto found = gradient.find("d." + state.name);
      for (size_t j = 0; found != gradient.end() && j < found->second.size(); ++j)
        square += std::pow(found->second[j], 2);
    }
    norm = std::sqrt(square);
    const double clipping = settings_.clip ? std::min(1.0, *settings_.clip / norm) : 1.0;
    for (size_t i = 0; i < module_.states.size(); ++i) {
      const ir::State& state = module_.states[i];
      const auto found = gradient.find("d." + state.name);
      if (found == gradient.end()) continue;
      std::vector<double> w = network_.state(StateId(i));
      const double rate = learning_rate(settings_.learning_rate, t) * state.learning_rate_factor *
                          std::pow(double{testing::small_width}, -state.c.value());
      for (size_t j = 0; j < w.size(); ++j) {
        momentum_[i][j] =
            settings_.momentum * momentum_[i][j] + clipping * found->second[j] + settings_.weight_decay * w[j];
        w[j] -= rate * momentum_[i][j];
      }
      network_.set_state(StateId(i), w);
    }
    return gradient.at("loss")[0];
  }
  std::vector<double> state(StateId id) { return network_.state(id); }
  double norm = 0.0;

 private:
  const tp::Module& module_;
  ir::SgdSettings settings_;
  tpc::evaluation::Interpreter network_;
  std::vector<std::vector<double>> momentum_;
};

void check_descent(uint64_t seed, const ir::SgdSettings& settings, bool simplified) {
  CAPTURE(seed);
  tp::Module module = testing::random_program(seed, 6);
  module.states[1].learning_rate_factor = 0.25;
  passes::add_gradient(module);
  tp::Module trained = module;
  passes::add_sgd_step(trained, settings);
  REQUIRE(tp::verify(trained).empty());
  if (simplified) {
    passes::eliminate_common_subexpressions(trained);
    passes::simplify(trained);
    passes::eliminate_common_subexpressions(trained);
    passes::eliminate_dead_code(trained);
    REQUIRE(tp::verify(trained).empty());
  }
  DescentByHand by_hand(module, settings, seed);
  tpc::evaluation::Interpreter network(trained, testing::small_width, seed, 1);
  const tpc::evaluation::Batch batch = testing::small_batch(seed);
  for (int t = 0; t < 7; ++t) {
    const double loss = by_hand.step(batch, t);
    CHECK(network.run(ir::FunctionRole::step, batch).at("loss")[0] == doctest::Approx(loss).epsilon(1e-9));
  }
  for (size_t i = 0; i < module.states.size(); ++i) {
    const std::vector<double> expected = by_hand.state(StateId(i)), got = network.state(StateId(i));
    REQUIRE(got.size() == expected.size());
    for (size_t j = 0; j < got.size(); ++j) CHECK(got[j] == doctest::Approx(expected[j]).epsilon(1e-8));
  }
}

ir::SgdSettings settings(ir::Schedule schedule, double momentum, double weight_decay, std::optional<double> clip) {
  ir::SgdSettings result;
  result.learning_rate = schedule;
  result.momentum = momentum;
  result.weight_decay = weight_decay;
  result.clip = clip;
  return result;
}

}  // namespace

TEST_CASE("seven steps of every schedule, with momentum, weight decay and clipping") {
  using enum ir::ScheduleKind;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    for (const bool simplified : {false, true}) {
      check_descent(seed, settings({constant, 0.02, 0, 1, 1, 1}, 0.9, 0.0, {}), simplified);
      check_descent(seed, settings({constant, 0.02, 0, 1, 1, 1}, 0.0, 0.3, 0.5), simplified);
      check_descent(seed, settings({linear, 0.02, 0.005, 4, 1, 1}, 0.9, 0.3, 0.5), simplified);
      check_descent(seed, settings({cosine, 0.02, 0.001, 5, 1, 1}, 0.0, 0.3, {}), simplified);
      check_descent(seed, settings({steps, 0.02, 0, 1, 0.1, 3}, 0.5, 0.0, 1e6), simplified);
      check_descent(seed, settings({steps, 0.02, 0, 1, 0.7, 1}, 0.0, 0.0, {}), simplified);
    }
  }
}

TEST_CASE("the same rule in Limit IR: what nothing depends on is dropped, what is read stays") {
  namespace limit = ir::limit;
  limit::Module module;
  module.name = "kernel";
  ir::State f;
  f.type = {ir::Kind::scalar, {}};
  for (const char* name : {"f", "unread"}) {
    f.name = name;
    module.states.push_back(f);
  }
  module.functions.resize(1);
  module.functions[0].key = ir::FunctionRole::step;
  limit::Builder build(module, module.functions[0]);
  const ir::SgdSettings momentum = settings({ir::ScheduleKind::linear, 1, 0, 4, 1, 1}, 0.9, 0.0, {});
  const ir::ValueId rate = passes::write_learning_rate(build, momentum);
  const ir::ValueId gradient = build.constant(2.0);
  passes::write_sgd_update(build, momentum, rate, StateId(0), gradient, {});
  passes::write_sgd_update(build, momentum, rate, StateId(1), gradient, {});
  build.function().results.push_back({"output", build.read(StateId(0))});
  REQUIRE(limit::verify(module).empty());
  CHECK(module.states.size() == 5);
  passes::drop_unused_states(module);
  REQUIRE(limit::verify(module).empty());
  REQUIRE(module.states.size() == 3);
  CHECK(module.states[0].name == "f");
  CHECK(module.states[1].name == "steps done");
  CHECK(module.states[2].name == passes::momentum_name("f"));
}
