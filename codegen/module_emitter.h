/// \file A whole Limit IR module as an LLVM module: functions with their kernels, descriptor, C wrappers.
#pragma once

#include <memory>

#include "codegen/codegen.h"
#include "codegen/llvm_headers.h"
#include "codegen/target.h"

namespace tpc::codegen {

/// For the target's data layout; not optimised; verified (a failure is an internal error).
std::unique_ptr<llvm::Module> emit_module(const ir::limit::Module& source, const CodegenOptions& options,
                                          const Target& target, llvm::LLVMContext& context);

}  // namespace tpc::codegen
