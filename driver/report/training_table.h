/// \file The course of a training run as text for a terminal.
#pragma once

#include <string>

#include "driver/session.h"

namespace tpc::driver {

/// Loss and accuracy by step or epoch, with errors; for small problems the final outputs.
std::string training_table(const Session& session, const Trajectory& trajectory);

}  // namespace tpc::driver
