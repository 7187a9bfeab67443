/// \file One Limit IR function as one LLVM function of type tp_function, with a kernel for each of its phases.
#pragma once

#include "codegen/module_context.h"

namespace tpc::codegen {

llvm::Function* emit_function(const ModuleContext& context, const ir::limit::Function& function);

}  // namespace tpc::codegen
