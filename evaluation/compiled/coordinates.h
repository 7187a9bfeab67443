/// \file The exact method starts with a number of coordinates that usually suffices, and doubles it when they are used
/// up.
#pragma once

#include <cstdint>

#include "evaluation/compiled/runtime_state.h"

namespace tpc::evaluation {

/// More coordinates than this are no longer "exact and cheap"; sampling is the better method then.
inline constexpr int64_t most_coordinates = 1 << 16;

/// evaluate(), which reads `settings`; with the exact method again with twice the coordinates while it runs out of
/// them.
template <class Evaluate>
auto with_enough_coordinates(LimitSettings& settings, Evaluate&& evaluate) {
  for (;; settings.samples *= 2) {
    try {
      return evaluate();
    } catch (const EvaluationFailure& failure) {
      const bool more = settings.method == TP_METHOD_EXACT && failure.kind == EvaluationFailure::Kind::capacity &&
                        2 * settings.samples <= most_coordinates;
      if (!more) throw;
    }
  }
}

}  // namespace tpc::evaluation
