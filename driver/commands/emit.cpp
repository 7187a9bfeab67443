/// \file `tpc emit`: print any stage.
#include <iostream>

#include "base/diag/check.h"
#include "driver/commands/commands.h"
#include "driver/compile.h"
#include "driver/report/json.h"
#include "driver/settings.h"
#include "frontend/ast/printer.h"
#include "passes/kernel/pair_functions.h"
#include "passes/limit/shares_of_points.h"
#include "passes/update/learning_rate.h"

namespace tpc::driver {
namespace {

/// A stage by its name on the command line: how far to compile, and how to print it. Machine code can fail (an unknown
/// processor); then `failure` says why.
struct EmittedStage {
  const char* name;
  Stage last;
  std::string (*print)(const Compilation&, const Options&, std::string& failure);
};

codegen::CompiledModel machine_code(const Compilation& compilation, const Options& options, std::string& failure) {
  ir::limit::Module limit = passes::on_shares_of_points(passes::without_unknown_sizes(*compilation.limit));
  passes::add_rate_functions(limit, ir::descent(compilation.program->train->optimizer));
  codegen::CompiledModel model(limit, code_options(options));
  failure = model.error();
  return model;
}

const EmittedStage emitted_stages[] = {
    {"ast", Stage::syntax,
     [](const Compilation& compilation, const Options&, std::string&) { return ast::print(*compilation.syntax); }},
    {"tp", Stage::finite_width,
     [](const Compilation& compilation, const Options&, std::string&) {
       return ir::tp::print(*compilation.finite_width);
     }},
    {"grad", Stage::training_step,
     [](const Compilation& compilation, const Options&, std::string&) {
       return ir::tp::print(*compilation.training_step);
     }},
    {"limit", Stage::limit,
     [](const Compilation& compilation, const Options&, std::string&) { return ir::limit::print(*compilation.limit); }},
    {"llvm", Stage::limit,
     [](const Compilation& compilation, const Options& options, std::string& failure) {
       const auto model = machine_code(compilation, options, failure);
       return failure.empty() ? model.llvm_text() : std::string();
     }},
    {"asm", Stage::limit,
     [](const Compilation& compilation, const Options& options, std::string& failure) {
       const auto model = machine_code(compilation, options, failure);
       return failure.empty() ? model.assembly_text() : std::string();
     }},
};

const EmittedStage& find_stage(const std::string& name) {
  for (const EmittedStage& stage : emitted_stages) {
    if (name == stage.name) return stage;
  }
  TPC_CHECK(false, "the option parser let an unknown stage through: " + name);
}

}  // namespace

int command_emit(const Options& options) {
  const EmittedStage& stage = find_stage(options.stage);
  const auto compilation = compile(options, stage.last);
  if (!compilation) return exit_user_error;
  std::string failure;
  const std::string text = stage.print(*compilation, options, failure);
  if (!failure.empty()) {
    compilation->diagnostics.report(diag::Kind::code_generation_failed, {{"why", failure}});
    print_diagnostics(*compilation);
    return exit_user_error;
  }
  std::cout << (options.json() ? json_text({{"stage", options.stage}, {"text", text}}) : text);
  return exit_success;
}

}  // namespace tpc::driver
