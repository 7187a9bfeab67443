/// \file What is known of each random variable of a function: functions of one Gaussian variable, and Gaussian
/// variables as linear combinations of independent families.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "ir/limit/random.h"
#include "passes/gaussian/gaussian_moments.h"
#include "passes/gaussian/smoothness.h"

namespace tpc::passes::gaussian {

namespace limit = ir::limit;

/// Why a value cannot be done. Thrown inside this folder only; eliminate_random catches it.
struct NoFormula : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// coefficient * base, summed over the finite dimensions `summed` of a state. A base is a Gaussian state (`state`) or
/// hatZ of a Condition (`product`).
struct LinearTerm {
  ir::StateId state;
  ValueId product;
  std::vector<DimId> summed;
  ValueId coefficient;
};

struct RandomValue {
  bool is_number = false;    ///< a constant random variable: its value is the new scalar
  bool is_gaussian = false;  ///< `linear` is its form
  std::vector<LinearTerm> linear;
  ValueId root;  ///< valid: a function of this one Gaussian variable
};

using Parity = ir::FunctionParity;

/// The old function, and what its values became in the new one.
class RandomValues {
 public:
  RandomValues(const limit::Module& module, const limit::Function& source, Scalars& scalars)
      : module_(module),
        source_(source),
        f_(scalars),
        renamed_(source.body.size()),
        values_(source.body.size()),
        signs_(signs_of_values(source)) {}

  /// Classifies the random variable; its operands come before.
  void analyze(ValueId id);

  [[nodiscard]] bool is_random(ValueId id) const { return limit::is_random(source_, id); }
  [[nodiscard]] bool is_scalar(ValueId id) const { return !is_random(id) || at(id).is_number; }
  [[nodiscard]] const RandomValue& at(ValueId id) const { return values_[id.index]; }
  [[nodiscard]] ValueId renamed(ValueId id) const { return renamed_[id.index]; }
  void rename(ValueId id, ValueId value) { renamed_[id.index] = value; }
  [[nodiscard]] const limit::Function& source() const { return source_; }
  /// For messages: the user's name, or the number of the instruction.
  [[nodiscard]] std::string name(ValueId id) const;
  /// Of the formula of E[a b], or Cov(a, b): "C^{W z}" of two that are the same value of two inputs; empty: no name.
  [[nodiscard]] std::string moment_name(ValueId a, ValueId b) const;

  /// psi(u) for a function psi of the root u: as pieces of the rule table, and its symmetry.
  std::optional<std::vector<Piece>> pieces(ValueId id, ValueId root);
  [[nodiscard]] Parity parity(ValueId id, ValueId root) const;
  /// The primitive by which psi bends, jumps or is infinitely steep, if there is one (smoothness.h).
  [[nodiscard]] std::optional<Primitive> bend(ValueId id) const;
  /// psi(value).
  ValueId substitute(ValueId id, ValueId root, ValueId value);

 private:
  [[nodiscard]] std::string label(ValueId id) const;
  void analyze_map(ValueId id, const ir::Map& op);
  void analyze_contract(ValueId id, const ir::Contract& op);
  std::optional<std::vector<LinearTerm>> linear_map(const ir::Map& op);
  std::optional<std::vector<Piece>> curve_pieces(const ir::Map& op, ValueId root);

  const limit::Module& module_;
  const limit::Function& source_;
  Scalars& f_;
  std::vector<ValueId> renamed_;
  std::vector<RandomValue> values_;
  std::vector<ir::Values> signs_;
};

}  // namespace tpc::passes::gaussian
