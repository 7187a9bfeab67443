/// \file The C interface of one model: <prefix>_create, _step, _predict, _save, _load, _destroy over the runtime's
/// functions, so that a host sees its own model's fields as parameters.
#pragma once

#include "codegen/module_context.h"

namespace tpc::codegen {

/// Step and predict exist if the module has functions of these names.
void emit_wrappers(const ModuleContext& context, llvm::GlobalVariable* descriptor);

}  // namespace tpc::codegen
