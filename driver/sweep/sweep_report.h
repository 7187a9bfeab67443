/// \file A sweep as a table for a terminal and as JSON; and its best point.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/report/json_fwd.h"
#include "driver/sweep/sweep_file.h"
#include "driver/sweep/sweep_run.h"

namespace tpc::driver {

/// A finished sweep and what it is of.
struct SweepResult {
  const SweepTable& table;
  const SweepRun& run;
  std::string model;
  std::string training_set;
};

/// The point with the least loss on the first data set that is not trained on, or if there is none with the least
/// training loss. Empty: no point has one.
std::optional<size_t> best_point(const SweepResult& sweep);

std::string sweep_text(const SweepResult& sweep);

/// "model", "swept": by setting its values, "points": each with its "settings", "param", "width" (null: infinite),
/// "loss", "set_loss", "accuracy" with "_stderr", "diverged", "seconds", "fingerprint" and "reused"; "best": the index
/// of a point; "failed", "compilations", "provenance", "seconds".
Json sweep_json(const SweepResult& sweep);

/// Of what the finished points have values: the columns of table and picture.
std::vector<EndValue> measured_columns(const SweepResult& sweep);
std::string heading_of(const EndValue& value);
const EndValue* find_value(const PointResult& result, const EndValue& column);

}  // namespace tpc::driver
