/// \file The result of `tpc compare` as JSON (README.md) and as text for a terminal.
#pragma once

#include <string>

#include "driver/beside.h"
#include "driver/report/json_fwd.h"
#include "driver/session.h"
#include "evaluation/experiment/compare.h"

namespace tpc::driver {

Json comparison_json(const Session& session, const Comparison& comparison, const std::vector<Beside>& besides);
std::string comparison_text(const Session& session, const Comparison& comparison, const std::vector<Beside>& besides);

}  // namespace tpc::driver
