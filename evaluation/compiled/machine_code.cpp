#include "evaluation/compiled/machine_code.h"

#include "driver/code_options.h"

namespace tpc::driver {

std::optional<codegen::JitModel> compile_to_memory(const ir::limit::Module& module, const Options& options,
                                                   diag::Engine& diagnostics) {
  codegen::CompiledModel compiled(module, code_options(options));
  codegen::Error error = compiled.error();
  if (error.empty()) {
    codegen::JitModel model(std::move(compiled));
    error = model.error();
    if (error.empty()) return model;
  }
  diagnostics.report(diag::Kind::code_generation_failed, {{"why", error}});
  return {};
}

}  // namespace tpc::driver
