/// \file What a run is of, in 16 letters: two runs with the same can be taken together (--refine).
#pragma once

#include <string>

#include "driver/session.h"

namespace tpc::driver {

/// Of the limit's operations and numbers, the data, the training and what is recorded when, and the settings that are
/// neither seed, method nor counts of samples. Precondition: Stage::limit was reached.
std::string run_fingerprint(const Session& session, const Options& options);

}  // namespace tpc::driver
