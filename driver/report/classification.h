/// \file A classification as JSON, for `tpc classify` and `tpc mup`.
#pragma once

#include <string>
#include <vector>

#include "driver/report/json_fwd.h"
#include "passes/mup/faithfulness.h"
#include "passes/width/classify.h"

namespace tpc::driver {

/// The JSON spelling of a weight's kind.
std::string role_name(ir::Role role);

/// The keys of cli.md from "stable" on.
Json classification_json(const passes::Classification& classification);

/// Adds to the weights of such an object what an entrywise optimizer makes of them: `alpha`, `kappa`, and where it has
/// an eps `phi` and `faithfulness`.
void add_entrywise_sizes(Json& classification, const std::vector<passes::EntrywiseSizes>& sizes);

}  // namespace tpc::driver
