#include "ir/core/primitive_traits.h"

namespace tpc::ir {

std::optional<Rational> homogeneous_degree(Primitive primitive, int power) {
  const PrimitiveTraits& traits = traits_of(primitive);
  switch (traits.form) {
    case PrimitiveForm::negation: return Rational(1);
    case PrimitiveForm::power: return Rational(power);
    case PrimitiveForm::curve:
      return traits.degree ? std::optional(Rational(traits.degree->numerator, traits.degree->denominator))
                           : std::nullopt;
    case PrimitiveForm::sum:
    case PrimitiveForm::difference:
    case PrimitiveForm::product:
    case PrimitiveForm::quotient:
    case PrimitiveForm::correlation: break;
  }
  return std::nullopt;
}

bool is_affine_in(Primitive primitive, int power, MovingArguments moving) {
  if (!moving.first && !moving.second) return true;
  switch (traits_of(primitive).linearity) {
    case Linearity::jointly: return true;
    case Linearity::separately: return !(moving.first && moving.second);
    case Linearity::in_first: return !moving.second;
    case Linearity::if_power_is_one: return power == 1;
    case Linearity::not_linear: break;
  }
  return false;
}

FunctionParity composed(FunctionParity phi, FunctionParity argument) {
  if (argument != FunctionParity::odd) return argument;  // phi(even) is even, whatever phi
  return phi;
}

bool is_smooth_for(Primitive primitive, Values argument) {
  switch (traits_of(primitive).smoothness) {
    case Smoothness::smooth: return true;
    case Smoothness::bend_at_zero:
    case Smoothness::jump_at_zero:
    case Smoothness::steep_at_zero: return argument == Values::positive;
    case Smoothness::steep_at_one: break;
  }
  return false;
}

}  // namespace tpc::ir
