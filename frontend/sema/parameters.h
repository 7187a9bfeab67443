/// \file `param`: single parameters and families.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

void check_declaration(Checker& checker, const ast::Param& param);

}  // namespace tpc::sema
