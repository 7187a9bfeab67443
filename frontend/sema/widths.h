/// \file `width n`, and further widths in a fixed ratio to it: `width m = 4 n`, `width h = n / 8`.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

void check_declaration(Checker& checker, const ast::Width& width);

}  // namespace tpc::sema
