/// \file The points of a sweep, and what is known of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "driver/options.h"
#include "driver/provenance.h"
#include "driver/report/end_values.h"

namespace tpc::driver {

struct SweepPoint {
  std::vector<std::string> values;             ///< of Options::swept, in its order
  std::optional<std::string> parametrization;  ///< empty: the file's own
  int64_t width = 0;                           ///< 0: infinite
};

/// Networks of a finite width, unless --seeds says how many.
inline constexpr int64_t sweep_seeds = 3;

/// Parametrization by parametrization, width by width (the limit last), every combination of settings.
std::vector<SweepPoint> points_of(const Options& options);

/// What `tpc run` or `tpc simulate` would be told for this point, recording the last step alone.
Options options_of(const Options& sweep, const SweepPoint& point);

/// "lr = 0.1, momentum = 0.9 (mup, width 64)".
std::string name_of(const Options& sweep, const SweepPoint& point);
/// "mup, n = 64": what the points of one curve have in common; empty: nothing is said of it.
std::string group_of(const SweepPoint& point);

struct PointResult {
  std::optional<int64_t> diverged;  ///< the step; then there are no values
  std::vector<EndValue> values;
  double seconds = 0.0;
  bool reused = false;  ///< it stood in the file
};
using PointResults = std::vector<std::optional<PointResult>>;  ///< by point; empty: it has none

/// By which a result is known again: of version, program, data, settings and seed, in 16 letters.
std::string fingerprint_of(const Provenance& provenance, const Options& sweep, const SweepPoint& point);

}  // namespace tpc::driver
