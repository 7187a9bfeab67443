/// \file The passes behind the names of passes.def: each checks what its pass assumes, so that a text written by hand
/// gives an error and not an internal one.
#pragma once

#include "passes/pass_manager.h"

namespace tpc::passes {

#define TPC_PASS(name, spelling, description) PassError run_##name(AnyModule& module, const PassContext& context);
#include "passes/passes.def"

}  // namespace tpc::passes
