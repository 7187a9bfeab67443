#include "passes/width/curves.h"

#include <array>
#include <optional>

#include "base/diag/check.h"
#include "ir/core/primitive_traits.h"

namespace tpc::passes::width {

using ir::Exponent;
using ir::Primitive;
using ir::Rational;

namespace {

/// What is used of a function of one argument.
struct Curve {
  FunctionParity parity = FunctionParity::neither;
  std::optional<Rational> degree;  ///< of a homogeneous function, else its Taylor series counts
  std::array<double, 5> derivatives = {};
  ir::AtInfinity at_infinity = ir::AtInfinity::bounded;
  bool singular_at_zero = false;

  /// No power law, but at most as large as its argument, and all derivatives are bounded.
  [[nodiscard]] bool tame() const { return !degree && at_infinity != ir::AtInfinity::exponential; }
};

Curve curve_of(Primitive primitive) {
  const ir::PrimitiveTraits& traits = ir::traits_of(primitive);
  TPC_CHECK(traits.form == ir::PrimitiveForm::curve, "arithmetic is no curve");
  return {traits.parity, ir::homogeneous_degree(primitive, 0), traits.derivatives, traits.at_infinity,
          traits.singular_at_zero};
}

FunctionParity derivative_parity(FunctionParity parity, int order) {
  if (order % 2 == 0 || parity == FunctionParity::neither) return parity;
  return parity == FunctionParity::odd ? FunctionParity::even : FunctionParity::odd;
}

/// phi^(order) at the leading term alone, for e >= 0 or homogeneous phi.
Growth at_leading_term(const Curve& curve, int order, const Growth& argument) {
  Rational exponent;
  const Rational e = argument.terms().front().exponent;
  if (curve.degree) {
    exponent = (*curve.degree - Rational(order)) * e;
  } else if (curve.at_infinity == ir::AtInfinity::linear && order == 0) {
    exponent = e;
  }
  return Growth::power(exponent, argument.leading_parity().through(derivative_parity(curve.parity, order)));
}

/// The Taylor series of a smooth phi^(order) around zero, as far as the table goes.
Growth around_zero(const Curve& curve, int order, const Growth& argument) {
  Growth sum;
  Growth monomial = Growth::power(0);
  for (size_t k = static_cast<size_t>(order); k < curve.derivatives.size(); ++k) {
    if (curve.derivatives[k] != 0.0) sum.absorb(monomial);
    monomial = monomial * argument;
  }
  return sum;
}

/// phi^(order)(argument), order 0 being phi itself.
Growth derivative(const Curve& curve, int order, const Growth& argument, bool& power_law) {
  if (curve.singular_at_zero && argument.exponent() < Exponent(0)) {  // like log n: of no order
    power_law = false;
    return Growth::power(0);
  }
  if (!curve.degree && argument.exponent() < Exponent(0)) return around_zero(curve, order, argument);
  if (argument.is_zero()) {
    power_law &= curve.degree >= Rational(0);
    return {};
  }
  if (!curve.degree && argument.exponent() > Exponent(0)) power_law = false;
  // phi(u + v) = phi(u) + phi'(u) v + phi''(u) v^2 / 2 + ... with v the terms below the leading one. Where v grows,
  // too, that is no expansion of a curve without a power law: the sum keeps the parities, and the size it cannot
  // exceed.
  Growth rest = argument.below_leading();
  Growth result = at_leading_term(curve, order, argument);
  if (rest.is_zero()) return result;
  const Exponent size = result.exponent();
  result.absorb(at_leading_term(curve, order + 1, argument) * rest);
  result.absorb(at_leading_term(curve, order + 2, argument) * (rest * rest));
  return curve.tame() ? result.capped(size) : result;
}

/// phi(u + Du) - phi(u). While Du is small this is a Taylor series in Du; else both values count.
Growth change_of(const Curve& curve, const Value& argument, bool& power_law) {
  if (argument.change.is_zero()) return {};
  Exponent initial = argument.initial.exponent();
  Exponent change = argument.change.exponent();
  bool both_vanish = !curve.degree && initial < Exponent(0) && change < Exponent(0);
  if (change >= initial && !both_vanish) {
    return derivative(curve, 0, argument.total(), power_law) + derivative(curve, 0, argument.initial, power_law);
  }
  Growth sum;
  Growth power_of_change = argument.change;
  for (int order = 1; order <= 3; ++order) {
    sum.absorb(derivative(curve, order, argument.initial, power_law) * power_of_change);
    power_of_change = power_of_change * argument.change;
  }
  // |phi(u + Du) - phi(u)| <= max |phi'| |Du|, however large Du is.
  return curve.tame() && change > Exponent(0) ? sum.capped(change) : sum;
}

Value apply(const Curve& curve, const Value& argument, bool& power_law) {
  return {derivative(curve, 0, argument.initial, power_law), change_of(curve, argument, power_law)};
}

}  // namespace

Value operator+(const Value& a, const Value& b) { return {a.initial + b.initial, a.change + b.change}; }

Value operator*(const Value& a, const Value& b) {
  return {a.initial * b.initial, a.initial * b.change + a.change * b.total()};
}

Value apply_curve(Primitive primitive, const Value& argument, bool& power_law) {
  return apply(curve_of(primitive), argument, power_law);
}

Value reciprocal(const Value& argument, bool& power_law) {
  return apply({FunctionParity::odd, Rational(-1)}, argument, power_law);
}

}  // namespace tpc::passes::width
