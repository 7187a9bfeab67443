#include "driver/session.h"

#include "base/diag/check.h"
#include "base/stopwatch.h"
#include "driver/outputs.h"
#include "driver/saves.h"
#include "evaluation/data/load.h"
#include "evaluation/data/targets.h"
#include "evaluation/training/set_losses.h"
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

/// The power of n of a parameter's trained entries: the largest of those of what it was drawn as and of its updates.
double entry_exponent(const passes::StateExponents& state) {
  const ir::Exponent leading = ir::max(state.initial, state.update);
  return leading.finite() ? leading.rational().value() : 0.0;
}

/// What is observed of vectors with names.
void plan_vectors(Session& session, const std::string& directory) {
  Compilation& compilation = *session.compilation;
  TrainingPlan& plan = session.plan;
  plan.vectors = load_observed_vectors(*compilation.program, directory, compilation.diagnostics);
  for (ObservedVectors& observed : plan.vectors) {
    if (compilation.width) observed.scale = entry_exponent(compilation.width->states.at(observed.parameter));
    plan.read_out.push_back(observed.table);
  }
}

}  // namespace

Problem Session::problem(Monitor& monitor) const {
  Problem problem{program(), sets, plan, compilation->diagnostics, monitor, &starts};
  if (saves.empty()) return problem;
  problem.trained = [this](const Evaluator& network) {
    for (const SavedParameter& saved : saves) save(saved, program(), network, compilation->diagnostics);
  };
  return problem;
}

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
    plan_set_losses(*compilation.finite_width, session->sets, session->plan);
    plan_vectors(*session, directory_of(options));
    session->saves = plan_saves(compilation, options.saves);
    for (const SavedParameter& saved : session->saves) session->plan.read_out.push_back(saved.parameter->name);
    if (const auto& classification = compilation.classification) {
      session->plan.growth_expected = !classification->stable;
      session->plan.limit_starts_at_zero =
          classification->initial_function == passes::InitialFunction::zero && !sema::adapts(*compilation.program);
    }
  }
  return print_diagnostics(compilation) ? nullptr : std::move(session);
}

}  // namespace tpc::driver
