/// \file The picture of `tpc compare --coords`.
#pragma once

#include <string>

#include "driver/session.h"
#include "evaluation/experiment/coordinate_check.h"

namespace tpc::driver {

/// At the last recorded step: sizes of all values against the width, and their changes since initialisation, with what
/// is predicted as dashed lines.
std::string coordinate_svg(const Session& session, const CoordinateCheck& check);

}  // namespace tpc::driver
