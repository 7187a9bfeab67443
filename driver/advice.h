/// \file What to change in a file, verified: the program at other parametrizations, trained by the file's optimizer.
#pragma once

#include "driver/compile.h"
#include "passes/mup/points.h"

namespace tpc::driver {

/// The compiled program at any point (a, b, c). Without a train block: trained by plain descent. Precondition: its
/// finite-width program is there.
passes::mup::Points program_points(const Compilation& compilation, const Options& options);

/// Completes the classification of a compiled program: its reasons, with the lines they speak of, and what would make
/// every weight learn. The result: what an entrywise optimizer makes of the weights.
std::vector<passes::EntrywiseSizes> explain(Compilation& compilation, const Options& options);

/// Completes the reasons of the classification `found` of the point `states`: advice that the analysis confirms, and
/// for an unstable point what would make it stable. Reasons are sentences afterwards.
void complete_reasons(passes::Classification& found, passes::mup::Points& points, const std::vector<ir::State>& states);

}  // namespace tpc::driver
