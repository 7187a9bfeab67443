/// \file Parametrizations of one program as points of a vector space over the rationals: of every weight what the
/// symmetry of math.md section 1 leaves of its exponents, the size at initialisation and that of updates.
#pragma once

#include <string>
#include <vector>

#include "ir/core/module.h"
#include "passes/width/invariants.h"

namespace tpc::driver {

/// Of every state the scale, then the rate.
using Exponents = std::vector<ir::Rational>;

Exponents plus(const Exponents& a, const ir::Rational& factor, const Exponents& b);  ///< a + factor b
ir::Rational dot(const Exponents& a, const Exponents& b);
bool is_zero(const Exponents& exponents);

class ExponentSpace {
 public:
  enum class Part { scale, rate };

  /// `states`: of the program; `rate`: by what its optimizer's updates are judged.
  ExponentSpace(std::vector<ir::State> states, passes::Invariant rate) : states_(std::move(states)), rate_(rate) {}

  /// Precondition: states of the same program.
  [[nodiscard]] Exponents of(const std::vector<ir::State>& states) const;
  [[nodiscard]] std::vector<ir::State> states_at(const Exponents& exponents) const;

  /// 1 for the part of every weight of these roles (none: of all), of weights that start from zeros no scale.
  [[nodiscard]] Exponents direction(Part part, const std::vector<ir::Role>& roles) const;
  /// The same of one weight, or of all members of a family of weights.
  [[nodiscard]] Exponents direction_of_family(Part part, const std::string& family) const;
  /// The weights that have exponents, members of a family under its name, each once.
  [[nodiscard]] std::vector<std::string> families() const;

 private:
  template <class Belongs>
  [[nodiscard]] Exponents direction_of(Part part, Belongs belongs) const;

  std::vector<ir::State> states_;
  passes::Invariant rate_;
};

}  // namespace tpc::driver
