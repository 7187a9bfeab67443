#include "evaluation/limit/limit_run.h"

#include <algorithm>

#include "base/stopwatch.h"
#include "evaluation/compiled/coordinates.h"
#include "evaluation/compiled/machine_code.h"
#include "evaluation/compiled/node_counts.h"
#include "evaluation/failure/report.h"
#include "evaluation/limit/limit_evaluator.h"
#include "evaluation/training/train.h"
#include "passes/limit/derive_limit.h"

namespace tpc::evaluation {
namespace {

/// Runs of one compiled model over one plan.
class LimitTrainer {
 public:
  LimitTrainer(const tp_model_descriptor& model, const Problem& problem, std::vector<InputRotation> rotations)
      : model_(model), problem_(problem), rotations_(std::move(rotations)) {}

  /// By the method of result.choice, which receives the counts as they were used.
  void run(LimitRun& result) const {
    LimitSettings& settings = result.choice.settings;
    result.trajectory = with_enough_coordinates(settings, [&] { return run_once(settings, &result); });
    LimitSettings coarse = settings;
    coarse.samples = coarser_node_count(settings.samples);
    if (settings.method != TP_METHOD_QUADRATURE || coarse.samples < 1 || !result.trajectory.complete()) return;
    result.trajectory = with_differences(std::move(result.trajectory), run_once(coarse, nullptr));
  }

 private:
  /// `used` receives the counts and ranks.
  Trajectory run_once(const LimitSettings& settings, LimitRun* used) const {
    LimitEvaluator evaluator(model_, settings, rotations_, problem_.plan.limit_starts_at_zero);
    const auto watch = problem_.monitor.begin("infinite width", problem_.plan.steps, KeptWhenStopped::yes);
    Trajectory trajectory = train(evaluator, problem_.plan, *watch);
    if (used == nullptr) return trajectory;
    if (problem_.trained && !trajectory.diverged) problem_.trained(evaluator);
    if (settings.method != TP_METHOD_QUADRATURE) used->choice.settings.samples = evaluator.samples();
    used->choice.settings.replicas = evaluator.replicas();
    used->choice.settings.tolerance = evaluator.truncation();
    used->ranks = evaluator.ranks();
    used->discarded = evaluator.discarded();
    return trajectory;
  }

  const tp_model_descriptor& model_;
  const Problem& problem_;
  std::vector<InputRotation> rotations_;
};

void warn_about_rank(const LimitRun& run, diag::Engine& diagnostics) {
  if (run.choice.settings.method == TP_METHOD_EXACT) return;
  for (const MatrixRank& rank : run.ranks) {
    const size_t larger = std::max(rank.rank, rank.rank_transposed);
    const auto samples = static_cast<size_t>(run.choice.settings.samples);
    if (3 * larger <= 2 * samples) continue;
    diagnostics.report(diag::Kind::rank_near_samples,
                       {{"matrix", rank.name}, {"rank", std::to_string(larger)}, {"samples", std::to_string(samples)}});
  }
}

}  // namespace

std::optional<LimitRun> run_limit(const Problem& problem, const ir::tp::Module& finite_width,
                                  const ir::limit::Module& limit, const EvaluationSettings& settings) {
  diag::Engine& diagnostics = problem.diagnostics;
  std::vector<InputRotation> rotations;
  if (settings.request.rotate_to_data) rotations = rotations_for(limit, finite_width, problem.sets);
  for (InputRotation& rotation : rotations) {
    const auto& whole = problem.plan.read_out;
    if (std::ranges::find(whole, rotation.state) != whole.end()) rotation.rank = rotation.size;
  }
  LimitRun result;
  result.choice = choose_method(limit, rotations, work_facts(problem.plan), settings.request, diagnostics);
  if (diagnostics.has_errors()) return {};
  warn_without_effect(settings.request, result.choice, has_matrix(limit), diagnostics);

  const Stopwatch compile_watch;
  ir::limit::Module module = limit;
  if (result.choice.settings.method == TP_METHOD_EXACT) {
    passes::homogenize(module);
    rotations.clear();  // any orthonormal basis is as good
  }
  const auto model = compile_to_memory(module, settings.code, diagnostics);
  if (!model) return {};
  result.compile_seconds = compile_watch.seconds();

  const Stopwatch run_watch;
  try {
    LimitTrainer(*model->descriptor(), problem, std::move(rotations)).run(result);
  } catch (const EvaluationFailure& failure) {
    report_failure(failure, problem, finite_width);
    return {};
  }
  result.run_seconds = run_watch.seconds();
  if (const auto& diverged = result.trajectory.diverged) {
    report_divergence(*diverged, "infinite width", problem, finite_width);
  }
  warn_of_growth(result.trajectory, "infinite width", problem);
  warn_of_vectors_left_out(result.trajectory, problem, "the limit does not depend on the parameter");
  warn_about_rank(result, diagnostics);
  return result;
}

}  // namespace tpc::evaluation
