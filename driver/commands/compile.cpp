/// \file `tpc compile`: the limit as an object, library, assembly or LLVM file, with a C header.
#include <filesystem>
#include <iostream>

#include "base/diag/utf8.h"
#include "driver/commands/commands.h"
#include "driver/commands/write_result.h"
#include "driver/compile.h"
#include "driver/outputs.h"
#include "driver/report/json.h"
#include "driver/settings.h"
#include "driver/terminal/files.h"
#include "driver/terminal/interrupt.h"
#include "evaluation/compiled/method.h"
#include "fmt/format.h"
#include "passes/kernel/pair_functions.h"
#include "passes/limit/derive_limit.h"
#include "passes/limit/shares_of_points.h"
#include "passes/update/learning_rate.h"

namespace tpc::driver {
namespace {

using diag::Kind;

/// What is compiled. An affine limit may be evaluated exactly (TP_METHOD_EXACT), where constants are multiples of the
/// random variable 1; at sample points that is the number 1.
ir::limit::Module compiled_limit(const Compilation& compilation) {
  ir::limit::Module limit = passes::on_shares_of_points(passes::without_unknown_sizes(*compilation.limit));
  passes::add_rate_functions(limit, ir::descent(compilation.program->train->optimizer));
  if (passes::is_affine(limit)) passes::homogenize(limit);
  return limit;
}

/// As the program writes them. The function of an accuracy gives the scores that it is about.
std::map<uint32_t, std::string> observation_titles(const sema::Program& program) {
  std::map<uint32_t, std::string> titles;
  for (const sema::Observation& observation : program.observations) {
    if (observation.function.role != ir::FunctionRole::observe) continue;
    titles[observation.function.index] = (observation.labels.empty() ? "" : "scores of ") + observation.text;
  }
  return titles;
}

std::string header_text(const Compilation& compilation, const ir::limit::Module& limit,
                        const codegen::CodegenOptions& code) {
  std::string text = codegen::c_header(limit, code);
  if (evaluation::draws_its_start(limit)) {
    return "/* The output starts as a Gaussian process, of which every replica (tp_options) draws its own: predictions "
           "and\n   losses are means over initial functions, and standard errors those of these means. */\n" +
           text;
  }
  if (!compilation.random_limit) return text;
  return "/* Kernel regime: training moves the outputs by rows of the kernel below (gradient descent on the loss, see\n"
         "   `tpc derive`). It needs the number of points, so its functions are not part of this file; `tpc run` "
         "trains. */\n" +
         text;
}

/// A library without it could be linked, and not be loaded.
void report_no_runtime(Compilation& compilation, const Options& options) {
  std::string folders;
  for (const std::string& folder : runtime_library_candidates()) folders += (folders.empty() ? "" : ", ") + folder;
  compilation.diagnostics.report(Kind::runtime_not_found,
                                 {{"path", options.output}, {"library", runtime_library}, {"folders", folders}});
}

/// Reports and says false on failure.
bool write_outputs(Compilation& compilation, const Options& options, codegen::FileKind kind) {
  const std::string directory = runtime_library_directory();
  if (kind == codegen::FileKind::shared_library && directory.empty()) {
    report_no_runtime(compilation, options);
    return false;
  }
  const InterruptGuard finish_writing;
  codegen::CodegenOptions code = code_options(options);
  code.titles = observation_titles(*compilation.program);
  const ir::limit::Module limit = compiled_limit(compilation);
  const codegen::CompiledModel model(limit, code);
  const codegen::FileContents file =
      model.contents(kind, std::filesystem::path(options.output).stem().string(), directory);
  if (!file.error.empty()) {
    compilation.diagnostics.report(Kind::code_generation_failed, {{"why", file.error}});
    return false;
  }
  const bool runs = kind == codegen::FileKind::shared_library;
  return write_file(compilation, options.output, file.bytes,
                    runs ? files::Permissions::executable : files::Permissions::data) &&
         (options.header.empty() || write_file(compilation, options.header, header_text(compilation, limit, code)));
}

}  // namespace

int command_compile(const Options& options) {
  const std::optional<codegen::FileKind> kind = codegen::file_kind(options.output);
  if (!kind) {
    std::cerr << fmt::format("error: cannot tell from the name `{}` what to write: use .o, .a, .so, .s, .ll or .bc\n",
                             diag::printable(options.output));
    return exit_wrong_usage;
  }
  const auto compilation = compile(options, Stage::limit);
  if (!compilation || !outputs_are_free(*compilation, options)) return exit_user_error;
  const bool written = write_outputs(*compilation, options, *kind);
  print_diagnostics(*compilation);
  if (!written) return exit_user_error;
  if (options.json()) {
    std::cout << json_text({{"model", compilation->program->model},
                            {"prefix", codegen::symbol_prefix(*compilation->limit, code_options(options))},
                            {"output", options.output},
                            {"header", options.header.empty() ? Json() : Json(options.header)}});
  }
  return interrupted() ? exit_interrupted : exit_success;
}

}  // namespace tpc::driver
