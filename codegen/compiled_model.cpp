#include "codegen/compiled_model.h"

#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include "base/diag/check.h"
#include "codegen/c_names.h"
#include "codegen/module_emitter.h"

namespace tpc::codegen {

CompiledModel::CompiledModel(const ir::limit::Module& module, const CodegenOptions& options)
    : implementation_(std::make_unique<Implementation>()) {
  implementation_->target = make_target(options);
  if (!error().empty()) return;
  implementation_->prefix = symbol_prefix(module, options);
  implementation_->optimization_level = options.optimization_level;
  implementation_->context = std::make_unique<llvm::LLVMContext>();
  implementation_->module = emit_module(module, options, implementation_->target, *implementation_->context);
  optimize(*implementation_->module, implementation_->target, options.optimization_level);
}

CompiledModel::~CompiledModel() = default;
CompiledModel::CompiledModel(CompiledModel&&) noexcept = default;
CompiledModel& CompiledModel::operator=(CompiledModel&&) noexcept = default;

const Error& CompiledModel::error() const { return implementation_->target.error; }

std::string CompiledModel::llvm_text() const {
  TPC_CHECK(error().empty(), error());
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << *implementation_->module;
  return text;
}

std::string CompiledModel::assembly_text() const {
  TPC_CHECK(error().empty(), error());
  return machine_code(*implementation_, true);
}

FileContents CompiledModel::contents(FileKind kind, const std::string& name,
                                     const std::string& runtime_library_directory) const {
  if (!error().empty()) return {{}, error()};
  return file_contents(*implementation_, kind, name, runtime_library_directory);
}

}  // namespace tpc::codegen
