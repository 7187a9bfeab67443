#include "evaluation/compiled/machine_code.h"

namespace tpc::evaluation {

std::optional<codegen::JitModel> compile_to_memory(const ir::limit::Module& module,
                                                   const codegen::CodegenOptions& options, diag::Engine& diagnostics) {
  codegen::CompiledModel compiled(module, options);
  codegen::Error error = compiled.error();
  if (error.empty()) {
    codegen::JitModel model(std::move(compiled));
    error = model.error();
    codegen::release_compiler_memory();
    if (error.empty()) return model;
  }
  diagnostics.report(diag::Kind::code_generation_failed, {{"why", error}});
  return {};
}

}  // namespace tpc::evaluation
