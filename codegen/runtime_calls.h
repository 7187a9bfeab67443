/// \file Calls of the C runtime from generated code.
#pragma once

#include "codegen/llvm_headers.h"
#include "codegen/loops.h"

namespace tpc::codegen {

enum class RuntimeFunction {
#define TPC_RUNTIME_FUNCTION(name) name,
#include "codegen/runtime_functions.def"
};

/// A call; the function is declared in the builder's module at its first use.
llvm::CallInst* call_runtime(IrBuilder& builder, RuntimeFunction function, llvm::ArrayRef<llvm::Value*> arguments);

}  // namespace tpc::codegen
