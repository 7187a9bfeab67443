/// \file The result of a run as JSON (cli.md).
#pragma once

#include <optional>
#include <vector>

#include "driver/report/json_fwd.h"
#include "driver/session.h"
#include "evaluation/width/width_run.h"

namespace tpc::driver {

/// A recorded series, or numbers of its shape: [recorded steps, shape...].
Json series_json(const std::vector<double>& values, const RecordedSeries& series, size_t recorded);

/// Adds "diverged": {"step", "what"} if there is something to add.
void add_divergence(Json& json, const std::optional<Divergence>& diverged);

/// The object of `tpc run`.
Json limit_json(const Session& session, const InfiniteWidthRun& run);

/// The object of `tpc simulate`.
Json width_json(const Session& session, const WidthRun& run);

}  // namespace tpc::driver
