/// \file A classification as JSON and in a line of text, for `tpc classify` and `tpc mup`.
#pragma once

#include <string>

#include "driver/report/json_fwd.h"
#include "passes/width/classify.h"

namespace tpc::driver {

/// The JSON spelling of a weight's kind.
std::string role_name(ir::Role role);

/// The keys of cli.md from "stable" on.
Json classification_json(const passes::Classification& classification);

/// "feature-learning, r = 0; the output starts at 0".
std::string verdict(const passes::Classification& classification);

}  // namespace tpc::driver
