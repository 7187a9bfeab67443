// The algebra under the width analysis: terms and parities, and what nonlinearities do to them.
#include "passes/width/growth.h"

#include <doctest/doctest.h>

#include "passes/width/curves.h"

using namespace tpc::passes::width;
using tpc::ir::Exponent;
using tpc::ir::Primitive;
using tpc::ir::Rational;

namespace {

const Parity odd_in_0 = Parity::odd_in(0), odd_in_1 = Parity::odd_in(1);
const Rational half(1, 2);

std::string change_of(Primitive primitive, const Growth& initial, const Growth& change) {
  bool power_law = true;
  return apply_curve(primitive, {initial, change}, power_law).change.exponent().str();
}

std::string value_of(Primitive primitive, const Rational& exponent, bool& power_law) {
  return apply_curve(primitive, {Growth::power(exponent, odd_in_0), {}}, power_law).initial.exponent().str();
}

std::string value_of(Primitive primitive, const Rational& exponent) {
  bool power_law = true;
  return value_of(primitive, exponent, power_law);
}

}  // namespace

TEST_CASE("parities multiply and join") {
  CHECK((odd_in_0 * odd_in_0) == Parity());
  CHECK((odd_in_0 * odd_in_1).mean_vanishes());
  Parity mixed = join(odd_in_0, Parity());
  CHECK_FALSE(mixed.mean_vanishes());
  CHECK_FALSE((mixed * odd_in_0).mean_vanishes());
  CHECK((mixed * odd_in_1).mean_vanishes());
  CHECK(mixed.covers(odd_in_0));
  CHECK_FALSE(odd_in_0.covers(mixed));
  CHECK_FALSE(odd_in_0.covers(odd_in_1));
  CHECK(odd_in_0.through(FunctionParity::even) == Parity());
  CHECK(odd_in_0.through(FunctionParity::neither) == mixed);
  CHECK(mixed.through(FunctionParity::even) == mixed);
  CHECK((Parity::odd_in(1000) * Parity::odd_in(2000)).mean_vanishes());
  // z W (W z) is even in every state; W (W z) is alone in its family.
  const Parity once = odd_in_0.times_matrix(2).in_family(5), twice = once.times_matrix(2).in_family(6);
  CHECK((odd_in_0 * twice).mean_vanishes());
  CHECK_FALSE((odd_in_0 * twice).mean_is_zero());
  CHECK((odd_in_0 * once).mean_is_zero());
  CHECK_FALSE((twice * twice).mean_vanishes());
}

TEST_CASE("a term stays if a larger one does not cover its parity") {
  Growth growth = Growth::power(0, odd_in_0);
  CHECK_FALSE(growth.absorb(Growth::power(-1, odd_in_0)));
  CHECK(growth.absorb(Growth::power(-1, odd_in_1)));
  CHECK(growth.terms().size() == 2);
  CHECK(growth.absorb(Growth::power(half, join(odd_in_0, odd_in_1))));
  CHECK(growth.terms().size() == 1);
  CHECK(growth.exponent() == Exponent(half));
}

TEST_CASE("more terms than are kept are joined upwards, never lost") {
  Growth growth;
  for (size_t i = 0; i < 40; ++i) growth.absorb(Growth::power(Rational(-static_cast<int64_t>(i)), Parity::odd_in(i)));
  CHECK(growth.terms().size() <= 16);
  CHECK(growth.exponent() == Exponent(0));
  bool covered = false;
  for (const Term& term : growth.terms()) covered = covered || term.parity.covers(Parity::odd_in(39));
  CHECK(covered);
}

TEST_CASE("a sum over the width: the law of large numbers against the central limit theorem") {
  CHECK(sum_over_width(Growth::power(0, odd_in_0), Growth::power(0, odd_in_0)).exponent() == Exponent(1));
  CHECK(sum_over_width(Growth::power(0, odd_in_0), Growth::power(0)).exponent() == Exponent(half));
  // A smaller term with a mean wins by n^{1/2}: v_0 . (x_0 + Dx) with Dx ~ n^{-1/4} correlated with v_0.
  Growth features = Growth::power(0, odd_in_1) + Growth::power(Rational(-1, 4), odd_in_0);
  CHECK(sum_over_width(Growth::power(0, odd_in_0), features).exponent() == Exponent(Rational(3, 4)));
}

TEST_CASE("nonlinearities of order-one, vanishing and growing arguments") {
  CHECK(value_of(Primitive::Tanh, 0) == "0");
  CHECK(value_of(Primitive::Tanh, Rational(-1, 3)) == "-1/3");
  CHECK(value_of(Primitive::Sigmoid, Rational(-1, 3)) == "0");
  CHECK(value_of(Primitive::Cos, -1) == "0");
  CHECK(value_of(Primitive::Relu, Rational(2, 3)) == "2/3");
  CHECK(value_of(Primitive::Abs, -2) == "-2");
  CHECK(value_of(Primitive::Step, -2) == "0");
  CHECK(value_of(Primitive::Sqrt, Rational(-1, 3)) == "-1/6");
  bool power_law = true;
  CHECK(value_of(Primitive::Relu, 5, power_law) == "5");
  CHECK(power_law);
  CHECK(value_of(Primitive::Tanh, 5, power_law) == "0");
  CHECK_FALSE(power_law);
}

TEST_CASE(
    "a bounded nonlinearity stays bounded, and one like its argument no larger, whatever grows below the largest") {
  bool power_law = true;
  const Growth both = Growth::power(1, odd_in_0) + Growth::power(half, odd_in_1);
  const Growth bounded = apply_curve(Primitive::Tanh, {both, {}}, power_law).initial;
  CHECK(bounded.exponent() == Exponent(0));
  CHECK_FALSE(bounded.leading_parity().mean_vanishes());
  CHECK(apply_curve(Primitive::Softplus, {both, {}}, power_law).initial.exponent() == Exponent(1));
  CHECK(change_of(Primitive::Tanh, Growth::power(0, odd_in_0), both) == "0");
  CHECK(change_of(Primitive::Softplus, Growth::power(1, odd_in_0), Growth::power(half)) == "1/2");
}

TEST_CASE("what is known to be smaller is capped, parities and all") {
  const Growth both = Growth::power(1, odd_in_0) + Growth::power(0, odd_in_1);
  CHECK(both.capped(Exponent(2)).exponent() == Exponent(1));
  CHECK(both.capped(Exponent(half)).exponent() == Exponent(half));
  CHECK(both.capped(Exponent(-1)).terms().size() == 2);
  CHECK(both.capped(Exponent()).is_zero());
}

TEST_CASE("changes follow the first derivative that is not zero") {
  Growth small = Growth::power(Rational(-1, 4));
  CHECK(change_of(Primitive::Tanh, Growth::power(0, odd_in_0), small) == "-1/4");
  CHECK(change_of(Primitive::Relu, Growth::power(0, odd_in_0), small) == "-1/4");
  CHECK(change_of(Primitive::Tanh, {}, small) == "-1/4");
  CHECK(change_of(Primitive::Cos, {}, small) == "-1/2");
  CHECK(change_of(Primitive::Cos, Growth::power(Rational(-1, 8)), small) == "-3/8");
  CHECK(change_of(Primitive::Relu, Growth::power(half), Growth::power(1)) == "1");
  CHECK(change_of(Primitive::Sqrt, Growth::power(1), small) == "-3/4");
  CHECK(change_of(Primitive::Tanh, Growth::power(0), {}) == "-inf");
}

TEST_CASE("an even function of an odd argument has a mean, its change keeps the parity of the first order") {
  bool power_law = true;
  Value even = apply_curve(Primitive::Abs, {Growth::power(0, odd_in_0), Growth::power(-1, odd_in_1)}, power_law);
  CHECK(even.initial.leading_parity() == Parity());
  CHECK(even.change.leading_parity() == odd_in_0 * odd_in_1);
}

TEST_CASE("the reciprocal of zero is no power of the width") {
  bool power_law = true;
  Value inverse = reciprocal({Growth::power(half), Growth::power(0)}, power_law);
  CHECK(inverse.initial.exponent() == Exponent(-half));
  CHECK(inverse.change.exponent() == Exponent(-1));
  CHECK(power_law);
  reciprocal({{}, Growth::power(0)}, power_law);
  CHECK_FALSE(power_law);
}
