/// \file The course of a training run as text for a terminal.
#pragma once

#include <string>

#include "driver/session.h"

namespace tpc::driver {

/// Loss, accuracy and measures by step or epoch, with errors; for small problems the final outputs; what was observed
/// of vectors.
std::string training_table(const Session& session, const Trajectory& trajectory);

}  // namespace tpc::driver
