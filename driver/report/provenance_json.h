/// \file What a result comes from as JSON: the object "provenance" of run, simulate, compare and sweep.
#pragma once

#include "driver/provenance.h"
#include "driver/report/json_fwd.h"

namespace tpc::driver {

/// {"version", "program": {"file", "sha256"}, "data": [{"file", "sha256"}], "settings", "param", "seed"}: what was
/// given on the command line; param: null where it is the file's own.
Json provenance_json(const Provenance& provenance, const Options& options);
Json provenance_json(const Compilation& compilation, const Options& options);

}  // namespace tpc::driver
