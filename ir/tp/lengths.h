/// \file Lengths of the vectors and matrices of TP IR (ir/core/lengths.h).
#pragma once

#include "ir/core/lengths.h"
#include "ir/tp/ir.h"

namespace tpc::ir::tp {

/// How many entries a state has for every number of its finite dimensions, as a multiple of n or n^2. The gradient by
/// the state is its adjoint, of inner products that are n times a mean, divided by this.
inline Rational entries(const State& state) { return state.rows * state.columns; }

/// `length` times n. Precondition: this is a whole number.
int64_t coordinates(const Rational& length, int64_t width);

/// The least width of which all lengths of the states are whole multiples: every width that can be run is a multiple.
int64_t least_width(const std::vector<State>& states);

/// By value. Precondition: the function verifies.
std::vector<Lengths> lengths_of(const Module& module, const Function& function);

/// What does not fit: by instruction, a sentence. Precondition: operands and states exist and types are right.
std::vector<std::pair<ValueId, std::string>> length_faults(const Module& module, const Function& function);

}  // namespace tpc::ir::tp
