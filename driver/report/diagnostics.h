/// \file Diagnostics as JSON (README.md of driver/): what `tpc check --format json` prints.
#pragma once

#include "base/diag/diagnostic.h"
#include "driver/report/json_fwd.h"

namespace tpc::driver {

/// "error", "warning".
std::string_view severity_word(diag::Severity severity);

/// {"start": {"line", "column", "offset"}, "end": ..}: lines and columns from 1, columns in code points; offsets in
/// bytes from 0. `source`: the text that the span lies in.
Json range_json(const diag::Source& source, Span span);

/// All of them, in the order in which they are printed.
Json diagnostics_json(const diag::Source& source, const diag::Engine& engine);

}  // namespace tpc::driver
