/// \file How far a program is from stability.
///
/// First the initial entries: a + b of a weight whose product with an activation of order one vanishes or grows, by
/// that exponent. Then lower rates one weight at a time, each by the exponent by which its own update is too fast,
/// until the width analysis finds nothing that grows; then give back to each weight what it has been lowered too far
/// while another one was still too fast. What is left is minimal: no single rate can be given back any part of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "passes/mup/points.h"

namespace tpc::passes {

struct StablePoint {
  std::vector<std::string> changes;  ///< "raise 2 a + c of W and V by 1 (to 1)"
  std::vector<ir::State> states;     ///< of the program, with these changes; every a is as given
  Classification classification;     ///< of the point with these changes
};

/// Empty if the point (a, b, c) of `states` is stable, or no such change makes it stable. States are found by their
/// names.
std::optional<StablePoint> nearest_stable(mup::Points& points, const std::vector<ir::State>& states);

}  // namespace tpc::passes
