/// \file The constant tp_model_descriptor of a module: what the runtime knows about the model.
#pragma once

#include <vector>

#include "codegen/module_context.h"

namespace tpc::codegen {

/// Exports <prefix>_model; `functions`: the emitted functions in module order.
llvm::GlobalVariable* emit_descriptor(const ModuleContext& context, const std::vector<llvm::Function*>& functions);

}  // namespace tpc::codegen
