/// \file What to change at a point, said only where the analysis of the changed program confirms it.
#pragma once

#include <optional>
#include <vector>

#include "passes/mup/nearest_stable.h"

namespace tpc::passes {

/// Completes the reasons of `found`, the classification of the point `states`: keeps an advice if the program then is
/// what it promises, trained by its own optimizer, and drops it otherwise. Returns the nearest stable point of an
/// unstable one, if there is any.
/// - To make an initial size right, or an update slower: if the nearest stable point (nearest_stable.h) obeys it.
/// - For an output that moves: if it is stable and moves then.
std::optional<StablePoint> confirm_advice(Classification& found, mup::Points& points,
                                          const std::vector<ir::State>& states);

}  // namespace tpc::passes
