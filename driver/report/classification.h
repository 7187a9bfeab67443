/// \file A classification as JSON, for `tpc classify` and `tpc mup`.
#pragma once

#include <string>

#include "driver/report/json_fwd.h"
#include "passes/width/classify.h"

namespace tpc::driver {

/// The JSON spelling of a weight's kind.
std::string role_name(ir::Role role);

/// The keys of cli.md from "stable" on.
Json classification_json(const passes::Classification& classification);

}  // namespace tpc::driver
