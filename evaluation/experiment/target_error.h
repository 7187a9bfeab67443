/// \file --target-error: more samples until standard errors are small enough.
#pragma once

#include <functional>
#include <optional>

#include "evaluation/experiment/infinite_width.h"

namespace tpc::evaluation {

/// The largest standard error of a recorded output; where none is recorded, of a loss or an observation. 0: the run is
/// exact.
double largest_error(const Trajectory& run);

/// One run with these settings.
using Attempt = std::function<std::optional<InfiniteWidthRun>(const Problem&, const EvaluationSettings&)>;

/// Precondition: settings.target_error. If that cannot be reached the result is the best run, and a warning says why.
std::optional<InfiniteWidthRun> run_to_target(const Problem& problem, EvaluationSettings settings,
                                              const Attempt& attempt);

}  // namespace tpc::evaluation
