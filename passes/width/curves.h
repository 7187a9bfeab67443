/// \file What a coordinatewise nonlinearity does to growth exponents: of its value, and of the change of its value when
/// the argument changes. The facts about each primitive stand in
/// ir/core/primitive_traits.def; the rules are math.md section 4's.
#pragma once

#include "ir/core/primitive.h"
#include "passes/width/growth.h"

namespace tpc::passes::width {

/// A quantity at initialisation and its change since then.
struct Value {
  Growth initial;
  Growth change;
  [[nodiscard]] Growth total() const { return initial + change; }
  friend bool operator==(const Value& a, const Value& b) = default;
};

Value operator+(const Value& a, const Value& b);
/// D(u v) = u Dv + Du v + Du Dv.
Value operator*(const Value& a, const Value& b);

/// phi(argument) of one nonlinear primitive. `power_law` becomes false where the result is no power of the width: a
/// nonlinearity that is not homogeneous meets a growing argument (the result is then a bound only).
/// Precondition: the primitive is a curve.
Value apply_curve(ir::Primitive primitive, const Value& argument, bool& power_law);

/// 1 / argument; `power_law` becomes false if the argument is zero at initialisation.
Value reciprocal(const Value& argument, bool& power_law);

}  // namespace tpc::passes::width
