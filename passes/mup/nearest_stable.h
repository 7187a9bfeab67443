/// \file How far the learning rates of a program are from stability.
///
/// Lower rates one weight at a time, each by the exponent by which its own update is too fast, until the width analysis
/// finds nothing that grows; then give back to each weight what it has been lowered too far while another one was still
/// too fast. What is left is minimal: no single rate can be given back any part of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "passes/width/classify.h"

namespace tpc::passes {

struct StablePoint {
  std::vector<std::string> changes;  ///< "raise 2 a + c of W and V by 1 (to 1)"
  Classification classification;     ///< of the point with these changes, for plain SGD
};

/// Empty if the point (a, b, c) of `states` is stable, or unstable for another reason than its learning rates.
/// `forward` as for derive_maximal_update; states are found by their names.
std::optional<StablePoint> nearest_stable_rates(ir::tp::Module forward, const std::vector<ir::State>& states);

}  // namespace tpc::passes
