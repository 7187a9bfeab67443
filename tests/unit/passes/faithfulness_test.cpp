/// Sizes of an entrywise optimizer's updates by the degree of its rule, against the width analysis of the rule's own
/// operations: two roads to kappa'. The words at points where eps dominates or vanishes.
#include "passes/mup/faithfulness.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "frontend/lowering/lower.h"
#include "language_programs.h"
#include "passes/mup/points.h"
#include "passes/width/invariants.h"

using namespace tpc;
using ir::Rational;
using passes::EntrywiseSizes;
using passes::Faithfulness;

namespace {

/// Two hidden layers; n^d before the gradients as given, the others' exponents those of mup.
ir::tp::Module network(const Rational& d_of_u, const Rational& d_of_w, const Rational& d_of_v) {
  ir::tp::Module module = lowering::lower(testing::checked_program(
      "model m\nwidth n\ndim d = 2\ndim k = 1\nparam U : [n, d] init normal(std = 1)\n"
      "param W : [n, n] init normal(std = 1)\nparam V : [k, n] init normal(std = 1)\n"
      "def net(x : [d]) -> [k] { return V @ tanh(W @ tanh(U @ x)) }\n"
      "data train : x[d], y[k] {\n 1 0.5 1\n -0.5 1 -1\n}\n"
      "train { data = train; loss = mse(net(x), y); optimizer = adam(lr = 0.1); steps = 2 }\n"
      "parametrization custom {\n U : a = 0, b = 0, c = 0\n W : a = 0, b = 1/2, c = 1\n V : a = 0, b = 1, c = 1\n}\n"));
  module.states[0].d = d_of_u;
  module.states[1].d = d_of_w;
  module.states[2].d = d_of_v;
  return module;
}

passes::mup::Found found_at(const ir::tp::Module& module, ir::EntrywiseRule rule) {
  ir::EntrywiseSettings settings;
  settings.rule = rule;
  settings.learning_rate.first = 0.1;
  passes::mup::Points points(module, settings);
  return points.at(module.states);
}

}  // namespace

TEST_CASE("kappa' by the degree of each rule is that of the rule's operations") {
  const Rational half(1, 2), one(1);
  for (const ir::EntrywiseRule rule : ir::entrywise_rules) {
    CAPTURE(std::string(ir::name_of(rule)));
    for (const auto& [off_u, off_w, off_v] :
         {std::array{Rational(0), Rational(0), Rational(0)}, std::array{half, -half, Rational(0)},
          std::array{-half, one, half}, std::array{Rational(0), -one, -half}}) {
      const ir::tp::Module module = network(one + off_u, one + off_w, off_v);
      const passes::mup::Found found = found_at(module, rule);
      REQUIRE(found.entrywise.size() == 3);
      for (size_t i = 0; i < 3; ++i) {
        const EntrywiseSizes& sizes = found.entrywise[i];
        CAPTURE(sizes.weight);
        CHECK(sizes.alpha == module.states[i].b);
        CHECK(sizes.kappa.value() == -found.analysis.states[i].update.rational());
        CHECK(sizes.phi.has_value() == passes::update_rule(ir::name_of(rule)).has_eps());
      }
    }
  }
}

TEST_CASE("what optimizers with eps see") {
  const Rational half(1, 2);
  const auto at = [&](const Rational& d_of_w) {
    return found_at(network(1, d_of_w, 0), ir::EntrywiseRule::adam).entrywise.at(1);
  };
  CHECK(at(1).faithfulness == Faithfulness::faithful);
  CHECK(at(half).faithfulness == Faithfulness::eps_dominates);
  CHECK(at(half).phi == -half);
  CHECK(at(half).kappa == Rational(3, 2));
  CHECK(at(Rational(3, 2)).faithfulness == Faithfulness::eps_vanishes);
  CHECK(at(Rational(3, 2)).kappa == Rational(1));
}

TEST_CASE("a weight without a gradient has no size of updates") {
  ir::tp::Module module = network(1, 1, 0);
  module.states[2].init = {};  // a readout that starts at 0 moves; without W nothing reaches it
  module.states[1].init = {};
  module.states[1].learning_rate_factor = 0.0;
  const passes::mup::Found found = found_at(module, ir::EntrywiseRule::adam);
  CHECK(!found.entrywise[0].kappa.has_value());
  CHECK(!found.entrywise[0].phi.has_value());
}
