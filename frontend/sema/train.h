/// \file The train block: data, loss, optimizer, batch, steps or epochs.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

void check_declaration(Checker& checker, const ast::Train& train);

}  // namespace tpc::sema
