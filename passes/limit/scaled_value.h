/// \file A TP IR value seen in the limit: n^exponent times a Limit IR value of order one.
#pragma once

#include <optional>
#include <vector>

#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

/// n^exponent * value; without a value: the pure power of n itself; exponent minus infinity: zero.
struct ScaledValue {
  ir::Exponent exponent;
  ir::ValueId value;
  /// Valid: a sum over the width whose expectation vanishes by symmetry, found in the source at this place, is a
  /// factor: n^exponent is its true size, but it is a random number there and `value` (the expectation, 0) is not its
  /// limit.
  ir::ValueId fluctuation = {};

  static ScaledValue zero() { return {}; }
  static ScaledValue power(const ir::Rational& exponent) { return {exponent, {}, {}}; }
  [[nodiscard]] bool is_zero() const { return !exponent.finite(); }
  [[nodiscard]] bool is_pure_power() const { return exponent.finite() && !value.valid(); }
};

/// One rank-one family of a matrix value: coefficient * sum_i left_i (x) right_i.
struct OuterTerm {
  ScaledValue coefficient, left, right;
  [[nodiscard]] ir::Exponent exponent() const { return coefficient.exponent + left.exponent + right.exponent; }
};

/// coefficient * (a matrix state).
struct StateTerm {
  ir::StateId state;
  ScaledValue coefficient;
};

/// A matrix value as a linear combination of matrix states, each at most once, of outer terms,
struct MatrixForm {
  std::vector<StateTerm> states;
  std::vector<OuterTerm> terms;
  ScaledValue pairs = {};  ///< and of functions of entries: n^exponent times a random variable of two points
};

}  // namespace tpc::passes
