/// \file The picture of a sweep.
#pragma once

#include <string>

#include "driver/sweep/sweep_report.h"

namespace tpc::driver {

/// Losses and accuracies against the setting with the most values that are numbers; a curve for each combination of
/// all else.
std::string sweep_svg(const SweepResult& sweep);

}  // namespace tpc::driver
