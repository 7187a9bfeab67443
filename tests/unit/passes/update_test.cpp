/// Plain SGD with the width factor of each state: one step of the interpreter against w - lr n^{-c} dL/dw by hand.
#include "passes/update/update.h"

#include <doctest/doctest.h>

#include <cmath>

#include "passes/autodiff/autodiff.h"
#include "small_program.h"

using namespace tpc;
using ir::StateId;
namespace tp = ir::tp;

TEST_CASE("one SGD step on every state of random programs") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    tp::Module module = testing::random_program(seed, 8);
    passes::add_gradient(module);
    const tpc::evaluation::Batch batch = testing::small_batch(seed);
    tpc::evaluation::Interpreter before(module, testing::small_width, seed, 1);
    const auto gradient = before.run(ir::FunctionRole::gradient, batch);

    const double learning_rate = 0.3;
    passes::add_sgd_step(module, ir::SgdSettings::constant(learning_rate));
    REQUIRE(tp::verify(module).empty());
    CHECK(module.find(ir::FunctionRole::gradient) == nullptr);
    REQUIRE(module.find(ir::FunctionRole::step)->results.size() == 1);
    tpc::evaluation::Interpreter after(module, testing::small_width, seed, 1);
    CHECK(after.run(ir::FunctionRole::step, batch).at("loss") == gradient.at("loss"));

    for (size_t i = 0; i < module.states.size(); ++i) {
      const ir::State& state = module.states[i];
      CAPTURE(state.name);
      std::vector<double> expected = before.state(StateId(i));
      const double factor = learning_rate * std::pow(double{testing::small_width}, -state.c.value());
      const auto found = gradient.find("d." + state.name);
      for (size_t j = 0; j < expected.size() && found != gradient.end(); ++j) expected[j] -= factor * found->second[j];
      const std::vector<double> got = after.state(StateId(i));
      REQUIRE(got.size() == expected.size());
      for (size_t j = 0; j < got.size(); ++j) CHECK(got[j] == doctest::Approx(expected[j]).epsilon(1e-12));
    }
  }
}

TEST_CASE("a step needs a gradient") {
  tp::Module module = testing::random_program(1, 3);
  CHECK_THROWS_AS(passes::add_sgd_step(module, {}), InternalError);
}
