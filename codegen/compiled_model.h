/// \file What a CompiledModel holds; shared by its printing, its object emission and the JIT.
#pragma once

#include <memory>

#include "codegen/codegen.h"
#include "codegen/llvm_headers.h"
#include "codegen/target.h"

namespace tpc::codegen {

struct CompiledModel::Implementation {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  Target target;
  std::string prefix;
  int optimization_level = 2;
};

/// Machine code of a copy of the module (making code changes the module); `assembly`: as text.
std::string machine_code(const CompiledModel::Implementation& model, bool assembly);
/// As CompiledModel::contents.
FileContents file_contents(const CompiledModel::Implementation& model, FileKind kind, const std::string& name,
                           const std::string& runtime_library_directory);

}  // namespace tpc::codegen
