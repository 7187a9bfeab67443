/// \file abc-parametrizations: the named tables (math.md section 1) and what a block of the file overrides or defines.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// At the end of the file, with all parameters known: sets a, b, c of each. `block` is null if the file has none.
void apply_parametrization(Checker& checker, const ast::Parametrization* block);

}  // namespace tpc::sema
