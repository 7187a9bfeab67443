/// \file Data sets: fields, inline rows, csv and npy sources.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

void check_declaration(Checker& checker, const ast::Data& data);

}  // namespace tpc::sema
