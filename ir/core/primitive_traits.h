/// \file What is known of each primitive: the table of primitive_traits.def, and the questions passes ask of it.
/// Shown by: tests/unit/ir/primitive_traits_test.cpp (against evaluate_primitive).
#pragma once

#include <array>
#include <cstddef>
#include <numbers>
#include <optional>

#include "ir/core/primitive.h"
#include "ir/core/rational.h"

namespace tpc::ir {

/// The arithmetic that every pass has a rule for; all other primitives are curves, functions of one argument of which
/// the traits below say everything. A switch over forms needs no new case for a new nonlinearity.
enum class PrimitiveForm { sum, difference, product, quotient, negation, power, correlation, curve };

/// In which arguments phi is linear, the others being fixed: in all of them together, in any one of them, in the first.
enum class Linearity { jointly, separately, in_first, if_power_is_one, not_linear };

/// How a function of one argument reacts when its argument changes sign.
enum class FunctionParity { even, odd, neither };

/// Where derivatives exist: everywhere, or not where an argument is 0 (a bend of the graph, a jump, an infinite slope),
/// or not where phi or its argument is +-1.
enum class Smoothness { smooth, bend_at_zero, jump_at_zero, steep_at_zero, steep_at_one };

/// What a curve does for x to infinity, or to minus infinity if that is larger.
enum class AtInfinity { bounded, linear, exponential };

/// The sign of all values of a function or expression.
enum class Values { any, nonnegative, positive };

/// An exact degree that can be written in a table.
struct Fraction {
  constexpr Fraction(int n, int d = 1) : numerator(n), denominator(d) {}  // NOLINT: integers are fractions
  int numerator, denominator;
};

struct PrimitiveTraits {
  Primitive primitive;
  PrimitiveForm form = PrimitiveForm::curve;
  Linearity linearity = Linearity::not_linear;
  Smoothness smoothness = Smoothness::smooth;
  // Of curves:
  FunctionParity parity = FunctionParity::neither;
  Values values = Values::any;
  std::optional<Fraction> degree = std::nullopt;  ///< phi(s x) = s^degree phi(x) for s > 0; else it is expanded at 0:
  std::array<double, 5> derivatives = {};         ///< phi(0), phi'(0), ..., phi''''(0)
  AtInfinity at_infinity = AtInfinity::bounded;
  bool singular_at_zero = false;  ///< neither of both: no finite value at 0, of positive arguments only
};

inline constexpr std::array primitive_traits = {
#define TPC_ARITHMETIC(name, form, linearity, smoothness) \
  PrimitiveTraits{Primitive::name, PrimitiveForm::form, Linearity::linearity, Smoothness::smoothness},
#define TPC_HOMOGENEOUS(name, parity, smoothness, values, degree) \
  PrimitiveTraits{Primitive::name,                                \
                  PrimitiveForm::curve,                           \
                  Linearity::not_linear,                          \
                  Smoothness::smoothness,                         \
                  FunctionParity::parity,                         \
                  Values::values,                                 \
                  {degree}},
#define TPC_EXPANDED(name, parity, smoothness, values, at_infinity, d0, d1, d2, d3, d4)  \
  PrimitiveTraits{Primitive::name,        PrimitiveForm::curve,   Linearity::not_linear, \
                  Smoothness::smoothness, FunctionParity::parity, Values::values,        \
                  std::nullopt,           {d0, d1, d2, d3, d4},   AtInfinity::at_infinity},
#define TPC_SINGULAR(name, parity, values, at_infinity) \
  PrimitiveTraits{Primitive::name,                      \
                  PrimitiveForm::curve,                 \
                  Linearity::not_linear,                \
                  Smoothness::steep_at_zero,            \
                  FunctionParity::parity,               \
                  Values::values,                       \
                  std::nullopt,                         \
                  {},                                   \
                  AtInfinity::at_infinity,              \
                  true},
#include "ir/core/primitive_traits.def"
};

constexpr bool every_primitive_has_traits() {
  constexpr std::array listed = {
#define TPC_PRIMITIVE(enumerator, spelling, arity) Primitive::enumerator,
#include "ir/core/primitives.def"
  };
  if (listed.size() != primitive_traits.size()) return false;
  for (size_t i = 0; i < listed.size(); ++i) {
    if (primitive_traits[i].primitive != listed[i]) return false;
  }
  return true;
}
static_assert(every_primitive_has_traits(), "one line of primitive_traits.def per primitive, in the same order");

constexpr const PrimitiveTraits& traits_of(Primitive primitive) {
  return primitive_traits[static_cast<size_t>(primitive)];
}
constexpr PrimitiveForm form_of(Primitive primitive) { return traits_of(primitive).form; }

/// Whether the two arguments may change places.
constexpr bool commutes(Primitive primitive) {
  return form_of(primitive) == PrimitiveForm::sum || form_of(primitive) == PrimitiveForm::product;
}

/// phi(s x) = s^degree phi(x) for s > 0; empty: it has no degree, or more than one argument. `power`: of Pow.
std::optional<Rational> homogeneous_degree(Primitive primitive, int power);

/// Which arguments of a primitive are meant.
struct MovingArguments {
  bool first = false, second = false;
};
/// Whether the primitive is affine in these arguments together while the others are fixed, and linear in all that can
/// be added to each other: x^0, a constant that is no argument, is not.
bool is_affine_in(Primitive primitive, int power, MovingArguments moving);

/// Of phi(u), by the parity of u in some other variable.
FunctionParity composed(FunctionParity phi, FunctionParity argument);

/// Whether phi has all derivatives for arguments of this sign. Precondition: one argument.
bool is_smooth_for(Primitive primitive, Values argument);

}  // namespace tpc::ir
