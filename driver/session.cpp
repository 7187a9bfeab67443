#include "driver/session.h"

#include <filesystem>

#include "base/diag/check.h"
#include "base/stopwatch.h"
#include "driver/outputs.h"
#include "evaluation/data/load.h"

namespace tpc::driver {

using diag::Kind;

std::unique_ptr<Session> start_session(const Options& options, Stage last) {
  const Stopwatch watch;
  auto session = std::make_unique<Session>();
  session->compilation = compile(options, last);
  if (!session->compilation) return nullptr;
  session->compile_seconds = watch.seconds();
  Compilation& compilation = *session->compilation;
  if (!compilation.program->train) {
    compilation.diagnostics.report(Kind::no_train_block, {{"model", compilation.program->model}});
  }
  const std::string directory = std::filesystem::path(options.file).parent_path().string();
  if (!outputs_are_free(compilation, options)) return nullptr;
  const DataBinding binding = bind_data(*compilation.program, options.data_paths, compilation.diagnostics);
  if (!compilation.diagnostics.has_errors()) {
    session->sets = load_data(*compilation.program, binding, directory, compilation.diagnostics);
  }
  if (!compilation.diagnostics.has_errors()) {
    session->plan = plan_training(*compilation.program, session->sets, options.record, compilation.diagnostics);
    session->plan.growth_expected = compilation.classification && !compilation.classification->stable;
  }
  return print_diagnostics(compilation) ? nullptr : std::move(session);
}

}  // namespace tpc::driver
