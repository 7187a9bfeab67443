/// \file The result of a training run as JSON (cli.md) and as text for a terminal.
#pragma once

#include <string>
#include <vector>

#include "driver/report/json.h"
#include "driver/session.h"
#include "evaluation/limit/limit_run.h"

namespace tpc::driver {

/// A recorded series, or numbers of its shape: [recorded steps, shape...].
Json series_json(const std::vector<double>& values, const RecordedSeries& series, size_t recorded);

/// The object of `tpc run`.
Json limit_json(const Session& session, const LimitRun& run);

struct WidthRun {
  Trajectory trajectory;
  int64_t width = 0;
  int64_t seeds = 0;  ///< networks averaged over
  uint64_t seed = 1;  ///< of the first
  double run_seconds = 0.0;
};

/// The object of `tpc simulate`.
Json width_json(const Session& session, const WidthRun& run);

/// Loss and accuracy by step or epoch, with errors; for small problems the final outputs.
std::string training_table(const Session& session, const Trajectory& trajectory);

/// Writes the JSON to options.output, if that is given, and JSON or text (options.format) to stdout. False: the file
/// could not be written; that has been reported.
bool write_result(Compilation& compilation, const Options& options, const Json& json, const std::string& text);

}  // namespace tpc::driver
