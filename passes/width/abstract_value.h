/// \file What the width analysis knows of a value of TP IR and of the states between two steps.
#pragma once

#include <vector>

#include "ir/tp/ir.h"
#include "passes/width/curves.h"

namespace tpc::passes::width {

/// A value of this power of n that does not change.
inline Value constant_value(const ir::Rational& exponent) { return {Growth::power(exponent), {}}; }

/// coefficient * W_0 of a Gaussian state.
struct GaussianTerm {
  ir::StateId state;
  Value coefficient;
};

/// Terms coefficient * left (x) right, all of this size, made by the instructions `origins` (of whichever step), in
/// order; ValueId(): at initialisation.
struct RankOneTerm {
  std::vector<ir::ValueId> origins;
  Value coefficient;
  Value left;
  Value right;
};

/// A matrix is a lazy sum: Gaussian matrices and rank-one terms. The terms that a recurrence makes are mostly of one
/// size, and stand there once.
struct MatrixValue {
  std::vector<GaussianTerm> gaussian;
  std::vector<RankOneTerm> rank_one;
};

/// Adds terms to the sum, to those of their size if there are any.
void add(std::vector<RankOneTerm>& sum, const RankOneTerm& terms);

/// `matrix` is used by values of Kind::matrix, `value` by all others.
struct AbstractValue {
  Value value;
  MatrixValue matrix;
};

class GaussianFamilies;

using AbstractStates = std::vector<AbstractValue>;  ///< by StateId
using AbstractValues = std::vector<AbstractValue>;  ///< by ValueId of one function

/// What the states are before the first step.
AbstractStates initial_states(const ir::tp::Module& module);

/// The values of a function whose reads see `states`. `power_law`: see apply_curve. `families`: of this module (null:
/// only flips of states are known).
AbstractValues evaluate(const ir::tp::Module& module, const ir::tp::Function& function, const AbstractStates& states,
                        bool& power_law, const GaussianFamilies* families = nullptr);

/// One instruction, its operands taken from `values`.
AbstractValue evaluate_instruction(const ir::tp::Module& module, const ir::tp::Function& function, ir::ValueId id,
                                   const AbstractStates& states, const AbstractValues& values, bool& power_law,
                                   const GaussianFamilies* families = nullptr);

/// Adds to `states` the updates that `step` writes, its values being `values`; true if that enlarged anything.
bool absorb_writes(const ir::tp::Function& step, const AbstractValues& values, AbstractStates& states);

/// The same value with its change counted as initial: what a late step sees, held fixed.
AbstractValue frozen(const AbstractValue& value);

/// Exponents of the coordinates, or of the entries of a matrix: {initial, change}.
struct ExponentPair {
  ir::Exponent initial;
  ir::Exponent change;
};
ExponentPair exponents(const ir::tp::Module& module, ir::Kind kind, const AbstractValue& value);

}  // namespace tpc::passes::width
