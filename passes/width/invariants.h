/// \file What the symmetry of parametrizations leaves of a weight's exponents (math.md section 1; Yang and Littwin
/// 2023, proposition 2.2.3): the limit depends on them alone.
#pragma once

#include "ir/core/module.h"

namespace tpc::passes {

/// The size of W at initialisation, and that of its updates: w moves by n^{-c} times a gradient by w, which is n^{-a}
/// times the one by W; an entrywise optimizer takes that factor out (n^d).
enum class Invariant { scale, rate, entrywise_rate };

/// How often n^{-a} acts on the updates of W.
inline ir::Rational powers_of_a(Invariant rate) { return rate == Invariant::rate ? 2 : 1; }

inline ir::Rational value_of(Invariant invariant, const ir::State& state) {
  return invariant == Invariant::scale ? state.a + state.b : powers_of_a(invariant) * state.a + state.c;
}

inline const char* name_of(Invariant invariant) {
  switch (invariant) {
    case Invariant::scale: return "a + b";
    case Invariant::rate: return "2 a + c";
    case Invariant::entrywise_rate: break;
  }
  return "a + c";
}

/// Of a state of a training program: an entrywise optimizer has chosen d.
inline Invariant rate_invariant(const ir::State& state) {
  return state.d ? Invariant::entrywise_rate : Invariant::rate;
}

}  // namespace tpc::passes
