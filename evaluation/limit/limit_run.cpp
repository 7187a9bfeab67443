#include "evaluation/limit/limit_run.h"

#include <algorithm>

#include "base/stopwatch.h"
#include "evaluation/compiled/coordinates.h"
#include "evaluation/compiled/machine_code.h"
#include "evaluation/compiled/node_counts.h"
#include "evaluation/failure/report.h"
#include "evaluation/limit/cone_evaluator.h"
#include "evaluation/limit/limit_evaluator.h"
#include "evaluation/training/train.h"
#include "passes/limit/derive_limit.h"
#include "passes/limit/shares_of_points.h"

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
    if (settings.method == TP_METHOD_QUADRATURE) return run_over_nodes(result);
    result.trajectory = with_enough_coordinates(settings, [&] { return run_once(settings, &result); });
  }

 private:
  /// With more and more nodes, until they change nothing or are too many. When interrupted: what was finished before.
  void run_over_nodes(LimitRun& result) const {
    LimitSettings& settings = result.choice.settings;
    LimitSettings compared = settings;
    compared.samples = compared_node_count(settings);
    if (compared.samples < 1) {
      result.trajectory = run_once(settings, &result);
      return;
    }
    Trajectory other = run_once(compared, nullptr);
    for (;; settings.samples = finer_node_count(settings.samples)) {
      Trajectory trajectory = other.interrupted ? other : run_once(settings, &result);
      if (trajectory.interrupted && other.complete() && compared.samples < settings.samples) {
        settings.samples = compared.samples;
        other.interrupted = true;
        result.trajectory = std::move(other);
        return;
      }
      if (trajectory.complete()) trajectory = with_differences(std::move(trajectory), other);
      const bool settled = settings.to_rounding || largest_relative_error(trajectory) <= node_tolerance;
      if (!trajectory.complete() || settled || finer_node_count(settings.samples) > result.choice.most_nodes) {
        result.trajectory = std::move(trajectory);
        break;
      }
      compared = settings;
      other = std::move(trajectory);
    }
    settle_rounding(result);
  }

  /// Of what is exact but for rounding, two numbers of nodes show the rounding.
  static void settle_rounding(LimitRun& result) {
    LimitSettings& settings = result.choice.settings;
    if (!settings.to_rounding || !result.trajectory.complete()) return;
    settings.to_rounding = largest_relative_error(result.trajectory) <= rounding_tolerance;
    if (!settings.to_rounding) {
      result.choice.why += "; but rounding is no longer negligible";
      return;
    }
    for_each_estimates(result.trajectory, [](Estimates& estimates) { estimates.error.clear(); });
  }

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

bool in_cones(const LimitRun& run) {
  const LimitSettings& settings = run.choice.settings;
  return settings.method == TP_METHOD_QUADRATURE && settings.rule == NodeRule::cones;
}

/// In cones, and again in others: the difference is what rounding makes of it. If they become too many and another
/// method will do, that one is chosen, and there is no trajectory.
void run_in_cones(const Problem& problem, const ir::limit::Module& limit, const std::vector<InputRotation>& rotations,
                  const MethodRequest& request, LimitRun& result) {
  const Stopwatch watch;
  const auto run = [&](Turn turn) {
    ConeEvaluator evaluator(limit, rotations, turn, request.threads, problem.plan.limit_starts_at_zero);
    const auto progress = problem.monitor.begin("infinite width", problem.plan.steps, KeptWhenStopped::yes);
    Trajectory trajectory = train(evaluator, problem.plan, *progress);
    result.choice.settings.samples = evaluator.points();
    result.choice.settings.tolerance = 0.0;
    if (turn == Turn::none && problem.trained && !trajectory.diverged) problem.trained(evaluator);
    return trajectory;
  };
  try {
    const Trajectory other = run(Turn::turned);
    result.trajectory = other.interrupted ? other : run(Turn::none);
    if (result.trajectory.complete()) result.trajectory = with_differences(std::move(result.trajectory), other);
  } catch (const EvaluationFailure& failure) {
    if (failure.kind != EvaluationFailure::Kind::capacity || request.method != Method::automatic) throw;
    result.choice = sampling_instead(limit, work_facts(problem.plan), request, "not quadrature: " + failure.message);
  }
  result.run_seconds = watch.seconds();
}

/// By machine code; quadrature whose error stays large gives way to sampling if it was not asked for. False: there is
/// no code, and that has been reported.
bool run_compiled(const Problem& problem, const ir::limit::Module& limit, std::vector<InputRotation> rotations,
                  const EvaluationSettings& settings, LimitRun& result) {
  const Stopwatch compile_watch;
  ir::limit::Module module = limit;
  if (result.choice.settings.method == TP_METHOD_EXACT) {
    passes::homogenize(module);
    rotations.clear();  // any orthonormal basis is as good
  }
  codegen::CodegenOptions code = settings.code;
  code.precision = result.choice.precision;
  const auto model = compile_to_memory(module, code, problem.diagnostics, settings.code_cache.get());
  if (!model) return false;
  result.compile_seconds = compile_watch.seconds();

  const Stopwatch run_watch;
  const LimitTrainer trainer(*model->descriptor(), problem, std::move(rotations));
  trainer.run(result);
  const double error = largest_relative_error(result.trajectory);
  if (result.choice.most_error && result.trajectory.complete() && error > *result.choice.most_error) {
    const std::string why = remaining_error(result.choice, error);
    result.choice = sampling_instead(limit, work_facts(problem.plan), settings.request, why);
    trainer.run(result);
  }
  result.run_seconds += run_watch.seconds();
  return true;
}

}  // namespace

std::optional<LimitRun> run_limit(const Problem& problem, const ir::tp::Module& finite_width,
                                  const ir::limit::Module& derived, const EvaluationSettings& settings) {
  const ir::limit::Module limit = passes::on_shares_of_points(derived);
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
  warn_without_effect(settings.request, result.choice, has_matrix(limit) && !draws_its_start(limit), diagnostics);

  try {
    if (in_cones(result)) run_in_cones(problem, limit, rotations, settings.request, result);
    if (!in_cones(result) && !run_compiled(problem, limit, std::move(rotations), settings, result)) return {};
  } catch (const EvaluationFailure& failure) {
    report_failure(failure, problem, finite_width);
    return {};
  }
  if (const auto& diverged = result.trajectory.diverged) {
    report_divergence(*diverged, "infinite width", problem, finite_width);
  }
  warn_of_growth(result.trajectory, "infinite width", problem);
  warn_of_vectors_left_out(result.trajectory, problem, "the limit does not depend on the parameter");
  warn_about_rank(result, diagnostics);
  return result;
}

}  // namespace tpc::evaluation
