/// \file Trains the points of a sweep, several at a time.
#pragma once

#include <functional>

#include "driver/compile.h"
#include "driver/sweep/points.h"

namespace tpc::driver {

struct SweepRun {
  PointResults results;
  size_t failed = 0;        ///< points without a result, after an error that was reported
  size_t compilations = 0;  ///< of machine code
  double seconds = 0.0;
  bool interrupted = false;
};

/// Called, by one thread at a time, when there are more results; false: stop.
using SaveResults = std::function<bool(const PointResults&)>;

/// Those that `results` lack. Training that diverges is a result. Of points that fail the first of each parametrization
/// and kind of width is reported. Ctrl-C: points that are not finished have no result.
SweepRun run_points(const Options& options, const std::vector<SweepPoint>& points, PointResults results,
                    const SaveResults& save);

}  // namespace tpc::driver
