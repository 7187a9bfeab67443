/// \file A result of `tpc run` read back from its JSON.
#pragma once

#include <string>
#include <variant>

#include "driver/options.h"
#include "evaluation/experiment/refine.h"

namespace tpc::driver {

/// The run in the file `options.refine`; or, as a text, why it is none that more replicas can be added to with these
/// options. `fingerprint`: of the run at hand (driver/fingerprint.h).
std::variant<evaluation::SavedRun, std::string> load_saved_run(const Options& options, const std::string& fingerprint);

}  // namespace tpc::driver
