// Learning rates that make an unstable program stable: by the theorem for MLPs, verified by the analysis elsewhere.
#include "passes/mup/nearest_stable.h"

#include <doctest/doctest.h>

#include "tests/unit/passes/width_architectures.h"

namespace {

using namespace tpc;
using namespace tpc::testing;
using passes::Regime;
using Changes = std::vector<std::string>;

const Abc at_zero{0, 0, 0};
const Parametrization unscaled{at_zero, at_zero, at_zero};

/// The point `at` of a network given at a = 0.
std::optional<passes::StablePoint> stable_point(const Parametrization& at, const Forward& forward) {
  passes::mup::Points points(forward_program(three_weights(unscaled), forward), ir::SgdSettings::constant(1));
  return passes::nearest_stable(points, three_weights(at));
}

ValueId one_layer_more(Network& n, ValueId x) {
  return n.readout(2, n.apply(Primitive::Relu, n.matmul(1, n.apply(Primitive::Relu, n.embed(0, x)))));
}

}  // namespace

TEST_CASE("the standard parametrization needs c = 1 for all weights but the first, whatever grows first") {
  // a_{L+1} + b_{L+1} = 1/2, so r_l >= 1/2 for the hidden weight: 2 a + c >= 1; and 2 a_{L+1} + c >= 1.
  for (const Forward& forward : {Forward(one_layer_more), Forward(residual), Forward(tied), Forward(normalised)}) {
    const auto found = stable_point(sp(0), forward);
    REQUIRE(found.has_value());
    CHECK(found->changes == Changes{"raise 2 a + c of W and V by 1 (to 1)"});
    CHECK(found->classification.regime == Regime::kernel);
  }
}

TEST_CASE("one weight that is too fast is slowed down to the maximal update, with or without a") {
  for (const Rational& shift : {Rational(0), Rational(1, 3)}) {
    Parametrization fast = mup();
    fast.hidden = {shift, Rational(1, 2) - shift, Rational(-1, 4) - Rational(2) * shift};
    const auto found = stable_point(fast, one_layer_more);
    REQUIRE(found.has_value());
    CHECK(found->changes == Changes{"raise 2 a + c of W by 1/4 (to 0)"});
    CHECK(found->classification.regime == Regime::feature_learning);
  }
}

TEST_CASE("sizes that are wrong at initialisation come first") {
  Parametrization wrong = sp(0);
  wrong.hidden.b = 0;
  const auto found = stable_point(wrong, one_layer_more);
  REQUIRE(found.has_value());
  CHECK(found->changes == Changes{"raise a + b of W by 1/2 (to 1/2)", "raise 2 a + c of W and V by 1 (to 1)"});
  CHECK(found->classification.regime == Regime::kernel);
}

TEST_CASE("nothing to say about stable points") {
  CHECK_FALSE(stable_point(mup(), one_layer_more).has_value());
  CHECK_FALSE(stable_point(ntp(), recurrent).has_value());
}
