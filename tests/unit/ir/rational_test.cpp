#include "ir/core/rational.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>

namespace tpc::ir {
namespace {

TEST_CASE("rationals are kept in lowest terms with a positive denominator") {
  CHECK(Rational(6, -4) == Rational(-3, 2));
  CHECK(Rational(6, -4).str() == "-3/2");
  CHECK(Rational(0, -7).str() == "0");
  CHECK(Rational(4, -4).str() == "-1");
  CHECK(Rational(1, 2) / Rational(-1, 2) == Rational(-1));
  CHECK(Rational(8, 4).str() == "2");
  CHECK(Rational(1, 3) + Rational(1, 6) == Rational(1, 2));
  CHECK(Rational(1, 3) - Rational(1, 2) == Rational(-1, 6));
  CHECK(Rational(2, 3) * Rational(3, 4) == Rational(1, 2));
  CHECK(Rational(2, 3) / Rational(-4, 3) == Rational(-1, 2));
  CHECK(Rational(-1, 2).value() == -0.5);
  CHECK_THROWS_AS(Rational(1, 0), std::domain_error);
}

TEST_CASE("rationals compare exactly where doubles cannot") {
  const Rational third(1, 3);
  const Rational near_third(333333333333333333, 1000000000000000000);
  CHECK(near_third < third);
  CHECK(third.value() == near_third.value());
  CHECK(Rational(-1, 2) < Rational(-1, 3));
  CHECK(Rational(-1, 2).sign() == -1);
}

TEST_CASE("rationals are read only in the documented forms") {
  CHECK(Rational::parse("3") == Rational(3));
  CHECK(Rational::parse("-1/2") == Rational(-1, 2));
  CHECK(Rational::parse("+2/4") == Rational(1, 2));
  CHECK(Rational::parse("1/-2") == Rational(-1, 2));
  for (const char* text : {"", "/", "1/", "/2", "1/0", "0.5", "1 /2", "1/2/3", "x", "99999999999999999999", "--1"}) {
    CAPTURE(text);
    CHECK_FALSE(Rational::parse(text).has_value());
  }
}

TEST_CASE("arithmetic that leaves 128 bits throws") {
  Rational huge(INT64_MAX);
  huge = huge * huge;
  CHECK_THROWS_AS(huge * huge, std::overflow_error);
  CHECK(Rational(INT64_MIN).str() == "-9223372036854775808");
}

TEST_CASE("the exponent of zero is below every other and absorbs products") {
  const Exponent zero = Exponent::zero_quantity();
  CHECK_FALSE(zero.finite());
  CHECK(zero.str() == "-inf");
  CHECK(zero < Exponent(-1000));
  CHECK((zero + Exponent(5)) == zero);
  CHECK(max(zero, Exponent(-3)) == Exponent(-3));
  CHECK(max(Exponent(Rational(1, 2)), Exponent(0)) == Exponent(Rational(1, 2)));
  CHECK((Exponent(Rational(1, 2)) + Exponent(Rational(-1, 3))).str() == "1/6");
}

}  // namespace
}  // namespace tpc::ir
