/// \file How a coordinatewise primitive acts on n^e Z: the rule table behind the limit of `map` (math.md section 4).
#pragma once

#include <optional>

#include "ir/core/primitive.h"
#include "ir/core/rational.h"

namespace tpc::passes {

/// phi(n^e z) for e below, at and above 0.
struct UnaryLimitRule {
  /// phi(lambda z) = lambda^degree phi(z) for lambda > 0: then every exponent e becomes degree * e.
  std::optional<ir::Rational> homogeneous_degree;
  double value_at_zero = 0.0;  ///< phi(0): what stays of phi(n^e Z), e < 0, unless it is 0
  double slope_at_zero = 0.0;  ///< phi'(0): then the leading term is slope n^e Z
};

/// The rule of a unary primitive. Precondition: arity 1. `power` is the exponent of Pow.
UnaryLimitRule unary_limit_rule(ir::Primitive primitive, int power);

}  // namespace tpc::passes
