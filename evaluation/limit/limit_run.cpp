#include "evaluation/limit/limit_run.h"

#include <algorithm>

#include "base/diag/check.h"
#include "base/stopwatch.h"
#include "driver/terminal/interrupt.h"
#include "driver/terminal/progress.h"
#include "evaluation/compiled/machine_code.h"
#include "fmt/format.h"
#include "passes/limit/derive_limit.h"

namespace tpc::driver {
namespace {

/// The error of quadrature is the change against three quarters of the nodes.
constexpr int64_t fewer_nodes(int64_t nodes) { return nodes * 3 / 4; }

/// Runs of one compiled model over one plan.
class LimitTrainer {
 public:
  LimitTrainer(const tp_model_descriptor& model, const TrainingPlan& plan, std::vector<InputRotation> rotations)
      : model_(model), plan_(plan), rotations_(std::move(rotations)) {}

  /// One run; `used` receives the counts and ranks.
  Trajectory run(const LimitSettings& settings, LimitRun& used) const {
    LimitEvaluator evaluator(model_, settings, rotations_);
    runtime::Progress progress("infinite width", static_cast<size_t>(plan_.steps));
    Trajectory trajectory = train(evaluator, plan_, [&](int64_t step) { progress.update(static_cast<size_t>(step)); });
    used.choice.settings.samples = settings.method == TP_METHOD_QUADRATURE ? settings.samples : evaluator.samples();
    used.choice.settings.replicas = evaluator.replicas();
    used.ranks = evaluator.ranks();
    return trajectory;
  }

  /// Starts over with twice the coordinates until they suffice.
  Trajectory run_exactly(LimitSettings settings, LimitRun& used) const {
    for (;; settings.samples *= 2) {
      try {
        return run(settings, used);
      } catch (const EvaluationFailure& failure) {
        const bool more = failure.kind == EvaluationFailure::Kind::capacity && 2 * settings.samples <= most_coordinates;
        if (!more) throw;
      }
    }
  }

  Trajectory run_quadrature(const LimitSettings& settings, LimitRun& used) const {
    LimitRun ignored;
    LimitSettings coarse = settings;
    coarse.samples = fewer_nodes(settings.samples);
    Trajectory fine = run(settings, used);
    if (coarse.samples < 1 || fine.interrupted) return fine;
    const Trajectory check = run(coarse, ignored);
    return check.interrupted ? fine : with_differences(std::move(fine), check);
  }

 private:
  const tp_model_descriptor& model_;
  const TrainingPlan& plan_;
  std::vector<InputRotation> rotations_;
};

Trajectory run_by_method(const LimitTrainer& trainer, LimitRun& result) {
  const LimitSettings settings = result.choice.settings;
  switch (settings.method) {
    case TP_METHOD_EXACT: return trainer.run_exactly(settings, result);
    case TP_METHOD_QUADRATURE: return trainer.run_quadrature(settings, result);
    case TP_METHOD_QMC:
    case TP_METHOD_MC: break;
  }
  return trainer.run(settings, result);
}

std::optional<LimitRun> run_in_kernel_regime(Session& session, const Options& options) {
  auto run = run_kernel(session, options);
  if (!run) return {};
  LimitRun result;
  result.trajectory = std::move(run->trajectory);
  result.choice = std::move(run->choice);
  result.kernel = std::move(run->result);
  result.compile_seconds = run->compile_seconds;
  result.run_seconds = run->run_seconds;
  return result;
}

void warn_about_rank(const LimitRun& run, diag::Engine& diagnostics) {
  if (run.choice.settings.method == TP_METHOD_EXACT) return;
  for (const MatrixRank& rank : run.ranks) {
    const size_t larger = std::max(rank.rank, rank.rank_transposed);
    const auto samples = static_cast<size_t>(run.choice.settings.samples);
    if (3 * larger <= samples) continue;
    diagnostics.report(diag::Kind::rank_near_samples,
                       {{"matrix", rank.name}, {"rank", std::to_string(larger)}, {"samples", std::to_string(samples)}});
  }
}

}  // namespace

std::optional<LimitRun> run_limit(Session& session, const Options& options) {
  if (session.compilation->classification->regime == passes::Regime::kernel)
    return run_in_kernel_regime(session, options);
  diag::Engine& diagnostics = session.compilation->diagnostics;
  const ir::limit::Module& limit = *session.compilation->limit;
  std::vector<InputRotation> rotations = principal_rotations(*session.compilation->finite_width, session.sets);
  std::erase_if(rotations, [&](const InputRotation& rotation) {  // of weights that the limit does not need
    return std::none_of(limit.states.begin(), limit.states.end(),
                        [&](const ir::State& state) { return state.name == rotation.state; });
  });
  LimitRun result;
  result.choice = choose_method(limit, rotations, work_facts(session.plan), options, diagnostics);
  if (diagnostics.has_errors()) return {};

  const Stopwatch compile_watch;
  ir::limit::Module module = limit;
  if (result.choice.settings.method == TP_METHOD_EXACT) passes::homogenize(module);
  const auto model = compile_to_memory(module, options, diagnostics);
  if (!model) return {};
  result.compile_seconds = compile_watch.seconds();

  const Stopwatch run_watch;
  const InterruptGuard guard;
  if (result.choice.settings.method == TP_METHOD_EXACT) rotations.clear();  // any orthonormal basis is as good
  try {
    result.trajectory = run_by_method(LimitTrainer(*model->descriptor(), session.plan, std::move(rotations)), result);
  } catch (const EvaluationFailure& failure) {
    report_failure(failure, diagnostics);
    return {};
  }
  result.run_seconds = run_watch.seconds();
  warn_about_rank(result, diagnostics);
  return result;
}

std::string describe_method(const LimitSettings& settings) {
  switch (settings.method) {
    case TP_METHOD_QMC:
      return fmt::format("randomised quasi-Monte Carlo, {} samples x {} scramblings", settings.samples,
                         settings.replicas);
    case TP_METHOD_MC: return fmt::format("Monte Carlo, {} samples x {} replicas", settings.samples, settings.replicas);
    case TP_METHOD_QUADRATURE: return fmt::format("Gauss-Hermite quadrature, {} nodes a dimension", settings.samples);
    case TP_METHOD_EXACT: break;
  }
  return settings.samples == 0 ? "exact, closed form" : fmt::format("exact, {} coordinates", settings.samples);
}

}  // namespace tpc::driver
