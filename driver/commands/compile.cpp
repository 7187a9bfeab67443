/// \file `tpc compile`: the limit as an object, library, assembly or LLVM file, with a C header.
#include <iostream>

#include "driver/commands/commands.h"
#include "driver/commands/write_result.h"
#include "driver/compile.h"
#include "driver/report/json.h"
#include "driver/settings.h"
#include "driver/terminal/files.h"
#include "passes/kernel/pair_functions.h"

namespace tpc::driver {
namespace {

using diag::Kind;

std::string header_text(const Compilation& compilation, const codegen::CodegenOptions& code) {
  std::string text = codegen::c_header(passes::without_unknown_sizes(*compilation.limit), code);
  if (compilation.classification->regime != passes::Regime::kernel) return text;
  return "/* Kernel regime: training moves the outputs by rows of the kernel below (gradient descent on the loss, see\n"
         "   `tpc derive`). It needs the number of points, so its functions are not part of this file; `tpc run` "
         "trains. */\n" +
         text;
}

/// Reports and says false on failure.
bool write_outputs(Compilation& compilation, const Options& options) {
  const codegen::CodegenOptions code = code_options(options);
  const codegen::CompiledModel model(passes::without_unknown_sizes(*compilation.limit), code);
  codegen::Error error = model.error();
  if (error.empty()) error = model.write(options.output, runtime_library_directory());
  if (!error.empty()) {
    compilation.diagnostics.report(Kind::code_generation_failed, {{"why", error}});
    return false;
  }
  return options.header.empty() || write_file(compilation, options.header, header_text(compilation, code));
}

}  // namespace

int command_compile(const Options& options) {
  const auto compilation = compile(options, Stage::limit);
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
