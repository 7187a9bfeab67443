/// Optimizers that change weights entry by entry: the step program at finite width against the formulas of
/// ir::EntrywiseSettings, applied by hand to the gradients of an untouched program at the same parameters; the powers
/// of the width by which gradients are scaled; which matrices become functions of two points in the limit.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "frontend/lowering/lower.h"
#include "ir/tp/entries.h"
#include "language_programs.h"
#include "passes/autodiff/autodiff.h"
#include "passes/limit/derive_limit.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/simplify.h"
#include "passes/update/update.h"
#include "passes/width/classify.h"
#include "small_program.h"

using namespace tpc;
using ir::EntrywiseRule;
using ir::Rational;
using ir::StateId;
namespace tp = ir::tp;

namespace {

double sign(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0; }

/// The rule on one entry.
class Entry {
 public:
  double direction(const ir::EntrywiseSettings& s, double g, int t) {
    switch (s.rule) {
      case EntrywiseRule::adam:
      case EntrywiseRule::adamw:
        m_ = s.beta1 * m_ + (1.0 - s.beta1) * g;
        v_ = s.beta2 * v_ + (1.0 - s.beta2) * g * g;
        return m_ / (1.0 - std::pow(s.beta1, t + 1)) / (std::sqrt(v_ / (1.0 - std::pow(s.beta2, t + 1))) + s.eps);
      case EntrywiseRule::signsgd: m_ = s.momentum * m_ + g; return sign(m_);
      case EntrywiseRule::rmsprop:
        v_ = s.beta2 * v_ + (1.0 - s.beta2) * g * g;
        return m_ = s.momentum * m_ + g / (std::sqrt(v_) + s.eps);
      case EntrywiseRule::adagrad: v_ += g * g; return m_ = s.momentum * m_ + g / (std::sqrt(v_) + s.eps);
      case EntrywiseRule::lion: {
        const double q = sign(s.beta1 * m_ + (1.0 - s.beta1) * g);
        m_ = s.beta2 * m_ + (1.0 - s.beta2) * g;
        return q;
      }
    }
    return 0.0;
  }

 private:
  double m_ = 0.0, v_ = 0.0;
};

/// l of scaled decay: n^{d - l} w is of order one.
double decay_exponent(const ir::State& state) {
  const double updates = state.c.value(), initial = state.init.kind == ir::InitKind::zero ? updates : state.b.value();
  return state.d->value() - std::min(initial, updates);
}

/// `trained`: with the gradient scales d.
void step_by_hand(evaluation::Interpreter& network, const tp::Module& trained, const ir::EntrywiseSettings& settings,
                  std::map<std::string, std::vector<Entry>>& entries, int t, uint64_t seed) {
  const auto gradient = network.run(ir::FunctionRole::gradient, testing::small_batch(seed));
  double square = 0.0;
  for (const auto& [name, values] : gradient) {
    for (double x : values) square += name.starts_with("d.") ? x * x : 0.0;
  }
  const double clipping = settings.clip ? std::min(1.0, *settings.clip / std::sqrt(square)) : 1.0;
  for (size_t i = 0; i < trained.states.size(); ++i) {
    const ir::State& state = trained.states[i];
    const auto found = gradient.find("d." + state.name);
    if (found == gradient.end()) continue;
    std::vector<double> w = network.state(StateId(i));
    auto& history = entries[state.name];
    history.resize(w.size());
    const double n = testing::small_width, rate = settings.learning_rate.first * state.learning_rate_factor;
    for (size_t j = 0; j < w.size(); ++j) {
      const double decay = settings.coupled_decay * std::pow(n, settings.scaled_decay ? -decay_exponent(state) : 0.0);
      const double g = std::pow(n, state.d->value()) * (clipping * found->second[j] + decay * w[j]);
      w[j] = (1.0 - rate * settings.decoupled_decay) * w[j] -
             rate * std::pow(n, -state.c.value()) * history[j].direction(settings, g, t);
    }
    network.set_state(StateId(i), w);
  }
}

void check_rule(uint64_t seed, const ir::EntrywiseSettings& settings) {
  CAPTURE(seed);
  tp::Module module = testing::random_program(seed, 6);
  module.states[1].learning_rate_factor = 0.25;
  for (ir::State& state : module.states) state.d = Rational(1, 2);
  passes::add_gradient(module);
  tp::Module trained = module;
  passes::add_entrywise_step(trained, settings);
  REQUIRE(tp::verify(trained).empty());
  passes::eliminate_common_subexpressions(trained);
  passes::simplify(trained);
  passes::eliminate_common_subexpressions(trained);
  passes::eliminate_dead_code(trained);
  REQUIRE(tp::verify(trained).empty());
  evaluation::Interpreter by_hand(module, testing::small_width, seed, 1);
  evaluation::Interpreter network(trained, testing::small_width, seed, 1);
  std::map<std::string, std::vector<Entry>> entries;
  for (int t = 0; t < 4; ++t) {
    step_by_hand(by_hand, trained, settings, entries, t, seed);
    network.run(ir::FunctionRole::step, testing::small_batch(seed));
  }
  for (size_t i = 0; i < module.states.size(); ++i) {
    const std::vector<double> expected = by_hand.state(StateId(i)), got = network.state(StateId(i));
    REQUIRE(got.size() == expected.size());
    for (size_t j = 0; j < got.size(); ++j) CHECK(got[j] == doctest::Approx(expected[j]).epsilon(1e-7));
  }
}

/// Two hidden layers.
tp::Module network_with_gradient(const std::string& parametrization) {
  tp::Module module = lowering::lower(testing::checked_program(
      "model m\nwidth n\ndim d = 2\ndim k = 1\nparam U : [n, d] init normal(std = 1)\n"
      "param W : [n, n] init normal(std = 1)\nparam V : [k, n] init normal(std = 1)\n"
      "def net(x : [d]) -> [k] { return V @ tanh(W @ tanh(U @ x)) }\n"
      "data train : x[d], y[k] {\n 1 0.5 1\n -0.5 1 -1\n}\n"
      "train { data = train; loss = mse(net(x), y); optimizer = adam(lr = 0.1); steps = 2 }\n" +
      parametrization));
  passes::eliminate_common_subexpressions(module);
  passes::simplify(module);
  passes::add_gradient(module);
  return module;
}

ir::EntrywiseSettings adam(double learning_rate) {
  ir::EntrywiseSettings settings;
  settings.learning_rate.first = learning_rate;
  return settings;
}

std::vector<Rational> chosen_scales(const std::string& parametrization) {
  tp::Module module = network_with_gradient(parametrization);
  passes::add_entrywise_step(module, adam(0.1));
  std::vector<Rational> scales;
  for (size_t i = 0; i < 3; ++i) scales.push_back(module.states[i].d.value());
  return scales;
}

}  // namespace

TEST_CASE("four steps of every rule, with decay, momentum and clipping") {
  ir::EntrywiseSettings settings;
  settings.learning_rate.first = 0.05;
  settings.eps = 0.1;  // well conditioned: entries that vanish up to rounding stay small
  SUBCASE("adam with coupled decay") { settings.coupled_decay = 0.2; }
  SUBCASE("adam with scaled decay") { settings.coupled_decay = 0.2, settings.scaled_decay = true; }
  SUBCASE("adamw with clipping") {
    settings.rule = EntrywiseRule::adamw, settings.decoupled_decay = 0.2, settings.clip = 0.3;
  }
  SUBCASE("rmsprop") { settings.rule = EntrywiseRule::rmsprop, settings.momentum = 0.5; }
  SUBCASE("adagrad") { settings.rule = EntrywiseRule::adagrad; }
  for (uint64_t seed = 1; seed <= 6; ++seed) check_rule(seed, settings);
}

TEST_CASE("signs") {
  ir::EntrywiseSettings settings;
  settings.learning_rate.first = 0.05;
  SUBCASE("signsgd") { settings.rule = EntrywiseRule::signsgd, settings.momentum = 0.5; }
  SUBCASE("lion") { settings.rule = EntrywiseRule::lion, settings.beta2 = 0.99, settings.decoupled_decay = 0.1; }
  check_rule(3, settings);
}

TEST_CASE("gradients are scaled so that the optimizer sees numbers of order one (Yang and Littwin 2023, 2.8.11)") {
  const Rational half(1, 2), one(1);
  CHECK(chosen_scales("parametrization mup\n") == std::vector{half, one, half});
  CHECK(chosen_scales("parametrization ntp\n") == std::vector{half, one, half});
  CHECK(chosen_scales("parametrization custom {\n U : a = 0, b = 0, c = 0\n W : a = 0, b = 1/2, c = 1\n"
                      " V : a = 0, b = 1, c = 1\n}\n") == std::vector{one, one, Rational(0)});
  CHECK(chosen_scales("parametrization custom {\n U : a = 0, b = 0, c = 0, d = 3\n W : a = 0, b = 1/2, c = 1\n"
                      " V : a = 0, b = 1, c = 1\n}\n") == std::vector{Rational(3), one, Rational(0)});
}

TEST_CASE("the limit of an n x n weight keeps its Gaussian part and a function of two points") {
  tp::Module module = network_with_gradient("parametrization mup\n");
  passes::add_entrywise_step(module, adam(0.1));
  const std::vector<bool> entrywise = tp::entrywise_states(module);
  for (size_t i = 0; i < module.states.size(); ++i) {
    CHECK(entrywise[i] == (module.states[i].type.kind == ir::Kind::matrix));
  }
  const passes::WidthAnalysis analysis = passes::analyze_width(module);
  CHECK(passes::classify(module, analysis).regime == passes::Regime::feature_learning);
  const auto derived = passes::derive_limit(module, analysis);
  const auto* limit = std::get_if<ir::limit::Module>(&derived);
  REQUIRE(limit != nullptr);
  CHECK(ir::limit::verify(*limit).empty());
  std::map<ir::Kind, int> kinds;
  for (const ir::State& state : limit->states) ++kinds[state.type.kind];
  CHECK(kinds[ir::Kind::matrix] == 1);
  CHECK(kinds[ir::Kind::pair] == 3);  // two moments and the updates
}

TEST_CASE(
    "decay inside of the optimizer meets the initial Gaussian matrix: no limit, and why; scaled, noise (ZNoise)") {
  tp::Module module = network_with_gradient("parametrization mup\n");
  ir::EntrywiseSettings settings = adam(0.1);
  settings.coupled_decay = 0.1;
  passes::add_entrywise_step(module, settings);
  const auto derived = passes::derive_limit(module, passes::analyze_width(module));
  const auto* failure = std::get_if<passes::LimitFailure>(&derived);
  REQUIRE(failure != nullptr);
  CHECK(failure->message.find("adamw") != std::string::npos);
  tp::Module scaled = network_with_gradient("parametrization mup\n");
  settings.scaled_decay = true;
  passes::add_entrywise_step(scaled, settings);
  const auto with_noise = passes::derive_limit(scaled, passes::analyze_width(scaled));
  const auto* limit = std::get_if<ir::limit::Module>(&with_noise);
  REQUIRE(limit != nullptr);
  CHECK(ir::limit::verify(*limit).empty());
  CHECK(std::ranges::count(limit->states, "first noise W", &ir::State::name) == 1);
  CHECK(std::ranges::count(limit->states, "α W", &ir::State::name) == 0);  // W_0 does not shrink
}
