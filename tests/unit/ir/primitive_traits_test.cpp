// Every line of primitive_traits.def against the values of the primitive itself.
#include "ir/core/primitive_traits.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace tpc::ir {
namespace {

constexpr uint64_t seed = 20;
constexpr int draws = 200;

std::string name(Primitive primitive) { return std::string(primitive_name(primitive)); }

double value(Primitive primitive, double x, double y = 1.0, int power = 0) {
  const std::array<double, 2> arguments = {x, y};
  return evaluate_primitive(primitive, arguments, power);
}

/// Whether it holds for many numbers of both signs, from 1/20 to 3; where one of the sides is no number it does not.
bool always(const std::function<bool(double x, double y)>& holds) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> magnitude(0.05, 3.0);
  auto number = [&] { return (random() % 2 == 0 ? 1.0 : -1.0) * magnitude(random); };
  for (int i = 0; i < draws; ++i) {
    const double x = number(), y = number();
    if (!holds(x, y)) return false;
  }
  return true;
}

bool close(double a, double b, double tolerance = 1e-12) { return std::fabs(a - b) <= tolerance * (1 + std::fabs(b)); }

std::vector<Primitive> of_form(PrimitiveForm form) {
  std::vector<Primitive> result;
  for (const PrimitiveTraits& traits : primitive_traits) {
    if (traits.form == form) result.push_back(traits.primitive);
  }
  return result;
}
std::vector<Primitive> curves() { return of_form(PrimitiveForm::curve); }

/// The k-th derivative at 0: central differences with steps h and h / 2, without their error of second order.
double derivative_at_zero(Primitive primitive, int k) {
  auto difference = [&](double h) {
    double sum = 0.0, binomial = 1.0;
    for (int j = 0; j <= k; ++j) {
      sum += (j % 2 == 0 ? 1 : -1) * binomial * value(primitive, (0.5 * k - j) * h);
      binomial *= static_cast<double>(k - j) / (j + 1);
    }
    return sum / std::pow(h, k);
  };
  constexpr double h = 0.03;
  return (4 * difference(h / 2) - difference(h)) / 3;
}

/// Slopes on either side of x.
struct Slopes {
  double below, above;
};
Slopes slopes_at(Primitive primitive, double x) {
  constexpr double h = 1e-9;
  const double middle = value(primitive, x);
  return {(middle - value(primitive, x - h)) / h, (value(primitive, x + h) - middle) / h};
}

TEST_CASE("curves, negation and powers are the functions of one argument") {
  for (const PrimitiveTraits& traits : primitive_traits) {
    CAPTURE(name(traits.primitive));
    const bool unary = traits.form == PrimitiveForm::curve || traits.form == PrimitiveForm::negation ||
                       traits.form == PrimitiveForm::power;
    CHECK((primitive_arity(traits.primitive) == 1) == unary);
  }
  for (PrimitiveForm form : {PrimitiveForm::sum, PrimitiveForm::difference, PrimitiveForm::product,
                             PrimitiveForm::quotient, PrimitiveForm::negation, PrimitiveForm::power}) {
    CHECK(of_form(form).size() == 1);
  }
}

TEST_CASE("parity: what a change of the argument's sign does to the value") {
  for (Primitive primitive : curves()) {
    CAPTURE(seed);
    CAPTURE(name(primitive));
    const bool odd = always([&](double x, double) { return close(value(primitive, -x), -value(primitive, x)); });
    const bool even = always([&](double x, double) { return close(value(primitive, -x), value(primitive, x)); });
    const FunctionParity parity = odd ? FunctionParity::odd : even ? FunctionParity::even : FunctionParity::neither;
    CHECK(traits_of(primitive).parity == parity);
  }
}

TEST_CASE("the parity of a composition is that of the function of an odd argument, else the argument's") {
  using enum FunctionParity;
  for (FunctionParity phi : {even, odd, neither}) {
    CHECK(composed(phi, odd) == phi);
    CHECK(composed(phi, even) == even);
    CHECK(composed(phi, neither) == neither);
  }
}

TEST_CASE("degree: phi(s x) = s^degree phi(x) for s > 0, of homogeneous functions only, positive at 1") {
  for (const PrimitiveTraits& traits : primitive_traits) {
    const Primitive primitive = traits.primitive;
    CAPTURE(seed);
    CAPTURE(name(primitive));
    for (int power : {-2, 0, 1, 3}) {
      const std::optional<Rational> degree = homogeneous_degree(primitive, power);
      if (primitive_arity(primitive) == 2) {
        CHECK_FALSE(degree.has_value());
        continue;
      }
      const double exponent =  // that of the only candidate
          degree ? degree->value() : std::log2(value(primitive, 1.0) / value(primitive, 0.5));
      const bool homogeneous = always([&](double x, double s) {
        const double at_x = value(primitive, x, 1, power), scaled = value(primitive, std::fabs(s) * x, 1, power);
        return (std::isnan(at_x) && std::isnan(scaled)) || close(scaled, std::pow(std::fabs(s), exponent) * at_x);
      });
      CHECK(homogeneous == degree.has_value());
    }
    if (traits.degree) CHECK(value(primitive, 1.0) > 0);
  }
}

TEST_CASE("the Taylor series at 0, to fourth order") {
  for (Primitive primitive : curves()) {
    const PrimitiveTraits& traits = traits_of(primitive);
    CAPTURE(name(primitive));
    CHECK(traits.singular_at_zero == !std::isfinite(value(primitive, 0.0)));
    if (traits.degree || traits.singular_at_zero) continue;
    for (int k = 0; k < 5; ++k) {
      CAPTURE(k);
      const double declared = traits.derivatives[static_cast<size_t>(k)];
      CHECK(close(derivative_at_zero(primitive, k), declared, 2e-5));
      if (k < 2) CHECK(close(derivative_at_zero(primitive, k), declared, k == 0 ? 1e-15 : 1e-6));
    }
  }
}

TEST_CASE("growth at infinity, on the side where it is larger") {
  for (Primitive primitive : curves()) {
    const PrimitiveTraits& traits = traits_of(primitive);
    if (traits.degree) continue;
    CAPTURE(name(primitive));
    auto largest = [&](double x) { return std::max(std::fabs(value(primitive, x)), std::fabs(value(primitive, -x))); };
    const double near = largest(100.0), far = largest(700.0);
    const AtInfinity growth = far < 10 ? AtInfinity::bounded : far < 1e4 ? AtInfinity::linear : AtInfinity::exponential;
    CHECK(traits.at_infinity == growth);
    if (growth == AtInfinity::linear) CHECK(close(far / near, 7.0));
  }
}

TEST_CASE("values: the sign that all of them have") {
  for (Primitive primitive : curves()) {
    CAPTURE(seed);
    CAPTURE(name(primitive));
    auto everywhere = [&](const std::function<bool(double)>& holds) {
      auto at = [&](double x) { return std::isnan(value(primitive, x)) || holds(value(primitive, x)); };
      return at(0.0) && always([&](double x, double) { return at(x); });
    };
    const bool nonnegative = everywhere([](double y) { return y >= 0; });
    const bool positive = everywhere([](double y) { return y > 0; });
    CHECK(traits_of(primitive).values == (positive      ? Values::positive
                                          : nonnegative ? Values::nonnegative
                                                        : Values::any));
  }
}

TEST_CASE("smoothness: bends, jumps and infinite slopes stand where they are declared, and nowhere else") {
  constexpr double h = 1e-9, steep = 1e4;
  for (const PrimitiveTraits& traits : primitive_traits) {
    const Primitive primitive = traits.primitive;
    CAPTURE(name(primitive));
    const double jump = std::fabs(value(primitive, h) - value(primitive, -h));
    const Slopes at_zero = slopes_at(primitive, 0.0), at_one = slopes_at(primitive, 1.0);
    auto kink = [](const Slopes& slopes) { return !(std::fabs(slopes.above - slopes.below) < 1e-2); };
    CHECK((traits.smoothness == Smoothness::jump_at_zero) == (jump > 0.5));
    CHECK((traits.smoothness == Smoothness::steep_at_zero) == (std::isnan(at_zero.below) && at_zero.above > steep));
    CHECK((traits.smoothness == Smoothness::steep_at_one) == kink(at_one));
    const bool smooth_at_zero =
        traits.smoothness == Smoothness::smooth || traits.smoothness == Smoothness::steep_at_one;
    CHECK(smooth_at_zero == !(kink(at_zero) || jump > 0.5));
  }
  CHECK(slopes_at(Primitive::Asin, 1.0).below > steep);
  CHECK(is_smooth_for(Primitive::Sqrt, Values::positive));
  CHECK_FALSE(is_smooth_for(Primitive::Sqrt, Values::nonnegative));
  CHECK_FALSE(is_smooth_for(Primitive::Asin, Values::positive));
  CHECK(is_smooth_for(Primitive::Tanh, Values::any));
}

TEST_CASE("affinity: the value half way between two arguments is half way between their values") {
  for (const PrimitiveTraits& traits : primitive_traits) {
    const Primitive primitive = traits.primitive;
    CAPTURE(seed);
    CAPTURE(name(primitive));
    for (int power : {-1, 1, 2, 3}) {
      for (const MovingArguments moving : {MovingArguments{true, false}, {false, true}, {true, true}}) {
        if (moving.second && primitive_arity(primitive) == 1) continue;
        CAPTURE(moving.first);
        CAPTURE(moving.second);
        const bool affine = always([&](double x, double y) {
          const double x2 = moving.first ? 2.5 - x : x, y2 = moving.second ? -0.75 * y : y;
          const double half_way = value(primitive, (x + x2) / 2, (y + y2) / 2, power);
          return close(half_way, (value(primitive, x, y, power) + value(primitive, x2, y2, power)) / 2);
        });
        CHECK(is_affine_in(primitive, power, moving) == affine);
      }
    }
    CHECK(is_affine_in(primitive, 2, {false, false}));
  }
  CHECK_FALSE(is_affine_in(Primitive::Pow, 0, {true, false}));  // its constant is no argument
}

TEST_CASE("sums and products commute, no other primitive does") {
  for (const PrimitiveTraits& traits : primitive_traits) {
    if (primitive_arity(traits.primitive) == 1) continue;
    CAPTURE(seed);
    CAPTURE(name(traits.primitive));
    const bool symmetric =
        always([&](double x, double y) { return close(value(traits.primitive, x, y), value(traits.primitive, y, x)); });
    CHECK(commutes(traits.primitive) == symmetric);
  }
}

}  // namespace
}  // namespace tpc::ir
