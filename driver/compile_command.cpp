/// \file `tpc compile`: the limit as an object, library, assembly or LLVM file, with a C header.
#include <iostream>

#include "driver/code_options.h"
#include "driver/commands.h"
#include "driver/compile.h"
#include "driver/files.h"
#include "driver/json.h"

namespace tpc::driver {
namespace {

using diag::Kind;

/// Reports and says false on failure.
bool write_outputs(Compilation& compilation, const Options& options) {
  const codegen::CodegenOptions code = code_options(options);
  const codegen::CompiledModel model(*compilation.limit, code);
  codegen::Error error = model.error();
  if (error.empty()) error = model.write(options.output, runtime_library_directory());
  if (!error.empty()) {
    compilation.diagnostics.report(Kind::code_generation_failed, {{"why", error}});
    return false;
  }
  if (options.header.empty()) return true;
  const std::string failure = write_text_file(options.header, codegen::c_header(*compilation.limit, code));
  if (failure.empty()) return true;
  compilation.diagnostics.report(Kind::cannot_write_file, {{"path", options.header}, {"why", failure}});
  return false;
}

}  // namespace

int command_compile(const Options& options) {
  const auto compilation = compile(options, Stage::code);
  if (!compilation) return exit_user_error;
  const bool written = write_outputs(*compilation, options);
  print_diagnostics(*compilation);
  if (!written) return exit_user_error;
  if (options.json()) {
    std::cout << json_text({{"model", compilation->program->model},
                            {"output", options.output},
                            {"header", options.header.empty() ? Json() : Json(options.header)}});
  }
  return exit_success;
}

}  // namespace tpc::driver
