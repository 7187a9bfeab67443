#include "driver/session.h"

#include <filesystem>

#include "base/diag/check.h"
#include "base/stopwatch.h"

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
  const DataBinding binding = bind_data(*compilation.program, options.data_paths, compilation.diagnostics);
  if (!compilation.diagnostics.has_errors()) {
    session->sets = load_data(*compilation.program, binding, directory, compilation.diagnostics);
  }
  if (!compilation.diagnostics.has_errors()) {
    session->plan = plan_training(*compilation.program, session->sets, options.record, compilation.diagnostics);
  }
  return print_diagnostics(compilation) ? nullptr : std::move(session);
}

WorkFacts work_facts(const TrainingPlan& plan) {
  WorkFacts facts{plan.steps, plan.batch, static_cast<int64_t>(plan.recorded.size()), 0};
  for (const TrainingPlan::Observed& item : plan.predicted) facts.evaluated += item.set->count;
  return facts;
}

void report_failure(const EvaluationFailure& failure, diag::Engine& diagnostics) {
  switch (failure.kind) {
    case EvaluationFailure::Kind::diverged:
      diagnostics.report(Kind::training_diverged, {{"step", std::to_string(failure.step)}});
      return;
    case EvaluationFailure::Kind::memory:
      diagnostics.report(Kind::not_enough_memory,
                         {{"what", failure.message}, {"advice", "use fewer `--samples` or `--replicas`"}});
      return;
    case EvaluationFailure::Kind::capacity:
      diagnostics.report(Kind::sample_space_full, {{"why", failure.message}});
      return;
  }
}

}  // namespace tpc::driver
