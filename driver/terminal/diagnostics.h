/// \file Diagnostics on standard error.
#pragma once

#include "base/diag/diagnostic.h"

namespace tpc::driver {

/// Prints all of them, in colour on a terminal. A person there, who sees an error, is also told once of `tpc explain`.
void print_diagnostics(const diag::Source& source, const diag::Engine& engine);

}  // namespace tpc::driver
