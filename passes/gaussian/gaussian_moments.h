/// \file Closed forms of E[g(u) h(v)], (u, v) centred jointly Gaussian: the rule table. README.md derives them.
#pragma once

#include <vector>

#include "passes/gaussian/covariance.h"

namespace tpc::passes::gaussian {

enum class Curve { one, sign, erf, exp, sin, cos };

/// coefficient u^power exp(-decay u^2) curve(scale u).
struct Piece {
  ValueId coefficient;
  int power = 0;
  Curve curve = Curve::one;
  ValueId scale;               ///< of erf, exp, sin, cos
  ValueId decay;               ///< zero, or positive
  bool signs_squared = false;  ///< times sign(u)^2: 1, but 0 if u has no variance
};

/// g h, if that is a piece again.
std::optional<Piece> product(Scalars& scalars, const Piece& g, const Piece& h);

/// E[g(u) h(v)] as a formula (an invalid id: it is zero); nothing: the table has no rule for the pair of curves.
std::optional<ValueId> moment(Scalars& scalars, const Piece& g, const Piece& h, const Covariance& covariance);

}  // namespace tpc::passes::gaussian
