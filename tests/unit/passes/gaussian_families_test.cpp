// Sums over the width that vanish because products with one matrix are uncorrelated, not by a sign flip of a weight:
// the exponent of E[..] at initialisation against networks of two widths.
#include "passes/width/gaussian_families.h"

#include <doctest/doctest.h>

#include <cmath>

#include "evaluation/interpreter/interpreter.h"
#include "passes/width/classify.h"
#include "tests/unit/passes/width_architectures.h"

namespace {

using namespace tpc;
using namespace tpc::testing;

/// f = scale E[..] with z = U x.
using Inside = std::function<ValueId(Network&, ValueId)>;

tp::Module mean_of(const Inside& inside) {
  std::vector<State> states = {make_state("U", Role::input, ntp().input), make_state("W", Role::hidden, ntp().hidden),
                               make_state("scale", Role::finite, {0, 0, 0}, {InitKind::constant, 1})};
  return training_program(states, [inside](Network& n, ValueId x) {
    return n.builder().mul(n.mean(inside(n, n.embed(0, x))), n.weight(2));
  });
}

double mean_square(const tp::Module& module, int64_t width) {
  const evaluation::Batch batch{3, {{"x", {1.0, 0.3, -0.4, 0.8, 0.2, -1.1}}, {"y", {0, 0, 0}}}};
  double sum = 0;
  constexpr uint64_t seeds = 24;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    evaluation::Interpreter network(module, width, seed);
    const auto results = network.run(ir::FunctionRole::predict, batch);
    for (const double f : results.at("output")) sum += f * f / seeds;
  }
  return sum;
}

void check_initial(const Inside& inside, const std::string& exponent) {
  const tp::Module module = mean_of(inside);
  CHECK(passes::analyze_width(module).predict.back().initial.str() == exponent);
  const double slope = 0.5 * std::log(mean_square(module, 256) / mean_square(module, 32)) / std::log(8.0);
  CHECK(std::abs(slope - (exponent == "0" ? 0 : -0.5)) < 0.25);
}

ValueId w(Network& n, ValueId z) { return n.matmul(1, z); }
ValueId wt(Network& n, ValueId z) { return n.matmul(1, z, true); }
ValueId times(Network& n, ValueId a, ValueId b) { return n.builder().mul(a, b); }

}  // namespace

TEST_CASE("uncorrelated products of one matrix: their moments vanish though they are even in the matrix") {
  SUBCASE("z W W z") {
    check_initial([](Network& n, ValueId z) { return times(n, z, w(n, w(n, z))); }, "-1/2");
  }
  SUBCASE("W z and W^T z: two families") {
    check_initial([](Network& n, ValueId z) { return times(n, w(n, z), wt(n, z)); }, "-1/2");
  }
  SUBCASE("through nonlinearities without a parity") {
    check_initial(
        [](Network& n, ValueId z) {
          z = n.apply(Primitive::Relu, z);
          return times(n, z, w(n, n.apply(Primitive::Relu, w(n, z))));
        },
        "-1/2");
  }
  SUBCASE("h1 . h3 of a recurrent network with an odd nonlinearity") {
    check_initial(
        [](Network& n, ValueId z) {
          const ValueId h1 = n.apply(Primitive::Tanh, z);
          const ValueId h2 = n.apply(Primitive::Tanh, w(n, h1));
          return times(n, h1, n.apply(Primitive::Tanh, w(n, h2)));
        },
        "-1/2");
  }
}

TEST_CASE("correlated ones do not: dotZ of the transpose, a mean that joins two products, an even function") {
  SUBCASE("z W^T W z") {
    check_initial([](Network& n, ValueId z) { return times(n, z, wt(n, w(n, z))); }, "0");
  }
  SUBCASE("z W W W^T W^T z: dotZ within dotZ") {
    check_initial([](Network& n, ValueId z) { return times(n, z, w(n, w(n, wt(n, wt(n, z))))); }, "0");
  }
  SUBCASE("relu has a mean: W z and W relu(W z) are correlated") {
    check_initial(
        [](Network& n, ValueId z) {
          z = n.apply(Primitive::Relu, z);
          const ValueId h = n.apply(Primitive::Relu, w(n, z));
          return times(n, w(n, z), w(n, h));
        },
        "0");
  }
  SUBCASE("the square of a product") {
    check_initial([](Network& n, ValueId z) { return times(n, z, times(n, z, times(n, w(n, z), w(n, z)))); }, "0");
  }
}

TEST_CASE("a vanishing mean beside a readout does not stop the output from starting as a Gaussian process") {
  const std::vector<State> states = {make_state("U", Role::input, ntp().input),
                                     make_state("W", Role::hidden, ntp().hidden),
                                     make_state("V", Role::output, ntp().output)};
  const tp::Module module = training_program(states, [](Network& n, ValueId x) {
    const ValueId z = n.embed(0, x), h = w(n, w(n, z));
    const ValueId f = n.readout(2, n.apply(Primitive::Tanh, h));
    return n.builder().add(f, n.mean(times(n, z, h)));
  });
  const passes::Classification found = passes::classify(module, passes::analyze_width(module));
  CHECK(found.regime == passes::Regime::kernel);
  CHECK(found.initial_function == passes::InitialFunction::gaussian_process);
}
