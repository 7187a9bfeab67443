/// \file Trains networks of a finite width from a session, one seed after the other.
#pragma once

#include <functional>
#include <optional>

#include "driver/report/report.h"
#include "driver/session.h"

namespace tpc::driver {

/// Called with every finished network's run.
using NetworkCallback = std::function<void(const Trajectory&)>;

/// Mean and standard error over networks with seeds seed, seed + 1, .... After Ctrl-C: over the finished ones, or, if
/// there is none, what the first came to. Empty after a user error, which is in the session's diagnostics.
std::optional<WidthRun> run_width(Session& session, int64_t width, int64_t seeds, const Options& options,
                                  const NetworkCallback& each = {});

}  // namespace tpc::driver
