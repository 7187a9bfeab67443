#include "driver/session.h"

#include "base/diag/check.h"
#include "base/stopwatch.h"
#include "driver/outputs.h"
#include "evaluation/data/load.h"
#include "evaluation/data/targets.h"
#include "frontend/lowering/lower.h"

namespace tpc::driver {
namespace {

/// Precondition: the data is loaded.
void check_computed_targets(const Session& session) {
  const sema::Program& program = session.program();
  const std::vector<sema::TermId> targets = computed_targets(*program.train);
  if (targets.empty()) return;
  check_targets(lowering::lower_targets(program, targets), targets, *program.train,
                find_set(session.sets, program.train->data), session.compilation->diagnostics);
}

}  // namespace

std::unique_ptr<Session> start_session(const Options& options, Stage last) {
  const Stopwatch watch;
  auto session = std::make_unique<Session>();
  session->compilation = compile(options, last);
  if (!session->compilation) return nullptr;
  session->compile_seconds = watch.seconds();
  Compilation& compilation = *session->compilation;
  if (!outputs_are_free(compilation, options)) return nullptr;
  const DataBinding binding = bind_data(*compilation.program, options.data_paths, compilation.diagnostics);
  if (!compilation.diagnostics.has_errors()) {
    session->sets = load_data(*compilation.program, binding, directory_of(options), compilation.diagnostics);
  }
  session->starts = load_starts(*compilation.program, directory_of(options), compilation.diagnostics);
  if (!compilation.diagnostics.has_errors()) check_computed_targets(*session);
  if (!compilation.diagnostics.has_errors()) {
    session->plan = plan_training(*compilation.program, session->sets, options.record, compilation.diagnostics);
    if (const auto& classification = compilation.classification) {
      session->plan.growth_expected = !classification->stable;
      session->plan.limit_starts_at_zero =
          classification->initial_function == passes::InitialFunction::zero && !sema::adapts(*compilation.program);
    }
  }
  return print_diagnostics(compilation) ? nullptr : std::move(session);
}

}  // namespace tpc::driver
