/// \file --beside: other settings of the same file, at infinite width, beside a comparison of widths.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "driver/session.h"

namespace tpc::driver {

struct Beside {
  Variant variant;
  std::unique_ptr<Session> session;
  InfiniteWidthRun run;
  Trajectory trajectory;  ///< what is compared: over random starts the mean
};

/// Compiled and with their data, not yet trained. False after a user error, which has been reported.
bool start_besides(const Options& options, std::vector<Beside>& besides);

/// Trains one after the other, until one fails or is interrupted; those without a run are taken out. False: something
/// is wrong with one, which has been reported.
bool train_besides(const Options& options, Monitor& monitor, std::vector<Beside>& besides);

}  // namespace tpc::driver
