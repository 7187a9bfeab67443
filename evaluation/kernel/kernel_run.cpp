#include "evaluation/kernel/kernel_run.h"

#include <algorithm>
#include <cmath>

#include "base/stopwatch.h"
#include "evaluation/compiled/machine_code.h"
#include "evaluation/failure/report.h"
#include "evaluation/kernel/kinks.h"
#include "evaluation/kernel/task_run.h"
#include "evaluation/training/train.h"
#include "fmt/format.h"
#include "passes/kernel/affine_recursion.h"
#include "passes/kernel/pair_functions.h"
#include "passes/kernel/recursion.h"

namespace tpc::evaluation {
namespace {

using diag::Kind;

/// Work that the spread over initial functions may take: minutes.
constexpr double most_spread_flops = 1e12;

/// What was computed before training.
struct Matrices {
  PairResult kernel;
  GramValues grams, coarse_grams;
};

class Run {
 public:
  Run(const Problem& problem, const KernelProgram& program, const EvaluationSettings& settings)
      : problem_(problem),
        settings_(settings),
        diagnostics_(problem.diagnostics),
        limit_(program.limit),
        finite_width_(program.finite_width),
        pairs_(problem, program, settings),
        points_(kernel_points(problem.plan, problem.program.inputs)) {}

  std::optional<KernelRun> run() {
    result_.result.points = points_.count();
    form_ = pairs_.choose(ir::FunctionRole::kernel, points_.count());
    check_memory();
    if (diagnostics_.has_errors()) return {};
    warn_without_effect(settings_.request, form_.choice, form_.sampled && has_matrix(form_.module), diagnostics_);
    const Stopwatch watch;
    const bool done = evaluate_matrices() && train_from_zero() && add_spread();
    if (!done) return {};
    result_.choice = form_.choice;
    result_.run_seconds = watch.seconds() - result_.compile_seconds;
    return std::move(result_);
  }

 private:
  [[nodiscard]] const TrainingPlan& plan() const { return problem_.plan; }
  [[nodiscard]] bool random_start() const { return passes::starts_random(limit_); }

  /// Everything that grows with the number of points: kernel and initial covariance of every replica with their means,
  /// rows and indicators of a batch, the indicators of `start`, and the factor of the covariance with its three
  /// trajectories.
  void check_memory() {
    const auto points = static_cast<double>(points_.count());
    const auto replicas = static_cast<double>(form_.choice.settings.replicas);
    const double matrices = (random_start() ? 2.0 : 1.0) * (replicas + (replicas > 1.0 ? 2.0 : 1.0));
    const double spread = random_start() ? 6.0 : 0.0;
    const double numbers = points * (points * (matrices + 1.0 + spread) + 3.0 * static_cast<double>(plan().batch));
    if (8.0 * numbers <= most_kernel_bytes) return;
    constexpr double gigabyte = 1024.0 * 1024.0 * 1024.0;
    diagnostics_.report(Kind::too_many_points, {{"points", std::to_string(points_.count())},
                                                {"gigabytes", fmt::format("{:.1f}", 8.0 * numbers / gigabyte)},
                                                {"limit", fmt::format("{:.0f}", most_kernel_bytes / gigabyte)}});
  }

  bool evaluate_matrices() {
    auto kernel = pairs_.evaluate(form_, points_.all, "kernel");
    if (!kernel) return false;
    matrices_.kernel = std::move(*kernel);
    result_.compile_seconds += matrices_.kernel.compile_seconds;
    result_.result.kernel = estimates(ir::result_name::kernel);
    if (random_start()) result_.result.nngp = estimates(ir::result_name::nngp);
    if (!probe_kinks()) return false;
    return std::all_of(plan().observed.begin(), plan().observed.end(),
                       [&](const TrainingPlan::Observed& item) { return evaluate_gram(item); });
  }

  bool probe_kinks() {
    const KinkProbe probe(points_);
    if (probe.set().count == 0) return true;
    PairForm form = form_;  // the nodes that these few points need are not those of the kernel
    const auto values = pairs_.evaluate(form, probe.set(), "points at zero");
    if (!values) return false;
    result_.compile_seconds += values->compile_seconds;
    const ReplicaValues* nngp = random_start() ? &values->values.at(ir::result_name::nngp) : nullptr;
    const auto found = probe.find(values->values.at(ir::result_name::kernel), nngp, result_.result.kernel.mean);
    if (found) diagnostics_.report(Kind::point_on_kink, {{"point", name_of_point(points_, *found)}});
    return true;
  }

  bool evaluate_gram(const TrainingPlan::Observed& item) {
    PairForm form = pairs_.choose(item.function, item.set->count);
    if (diagnostics_.has_errors()) return false;
    auto gram = pairs_.evaluate(form, *item.set, item.name);
    if (!gram) return false;
    result_.compile_seconds += gram->compile_seconds;
    const std::pair<ir::FunctionKey, std::string> key = {item.function, item.set->name};
    if (gram->coarse) matrices_.coarse_grams[key] = std::move(gram->coarse->at(ir::result_name::value));
    matrices_.grams[key] = std::move(gram->values.at(ir::result_name::value));
    return true;
  }

  /// Of a matrix: over replicas, or the change with fewer nodes.
  [[nodiscard]] Estimates estimates(const std::string& name) const {
    Estimates result;
    const ReplicaValues& values = matrices_.kernel.values.at(name);
    result.append(values);
    if (!matrices_.kernel.coarse) return result;
    const ReplicaValues& coarse = matrices_.kernel.coarse->at(name);
    for (size_t i = 0; i < values.numbers; ++i) result.error.push_back(std::abs(values.values[i] - coarse.values[i]));
    return result;
  }

  std::optional<MachineCode> compile_recursion(std::optional<int64_t> outputs) {
    const Stopwatch watch;
    auto model = compile_to_memory(passes::recursion_functions(limit_, points_.count(), outputs), settings_.code,
                                   diagnostics_, settings_.code_cache.get());
    result_.compile_seconds += watch.seconds();
    return model;
  }

  bool train_from_zero() {
    const auto model = compile_recursion({});
    if (!model) return false;
    const auto trajectory = [&](const PairValues& values) {
      KernelEvaluator evaluator(*model->descriptor(), points_, values.at(ir::result_name::kernel), matrices_.grams, {});
      const auto watch = problem_.monitor.begin("infinite width", plan().steps, KeptWhenStopped::yes);
      return train(evaluator, plan(), *watch);
    };
    result_.trajectory = trajectory(matrices_.kernel.values);
    if (matrices_.kernel.coarse && result_.trajectory.complete()) {
      result_.trajectory = with_differences(std::move(result_.trajectory), trajectory(*matrices_.kernel.coarse));
    }
    add_gram_errors();
    report_if_diverged("infinite width");
    warn_of_growth(result_.trajectory, "infinite width", problem_);
    warn_of_vectors_left_out(result_.trajectory, problem_,
                             "in the kernel regime the rows of a parameter stay as they were drawn");
    return true;
  }

  void report_if_diverged(const std::string& who) const {
    if (const auto& diverged = result_.trajectory.diverged) {
      report_divergence(*diverged, who, problem_, finite_width_);
    }
  }

  /// A Gram matrix has the error of its own evaluation, whatever that of the kernel.
  void add_gram_errors() {
    for (size_t i = 0; i < plan().observed.size(); ++i) {
      const auto coarse = matrices_.coarse_grams.find({plan().observed[i].function, plan().observed[i].set->name});
      if (coarse == matrices_.coarse_grams.end()) continue;
      Estimates& values = result_.trajectory.observed[i].values;
      values.error.resize(values.mean.size());
      for (size_t j = 0; j < values.mean.size(); ++j) {
        values.error[j] = std::abs(values.mean[j] - coarse->second.values[j % coarse->second.numbers]);
      }
    }
  }

  /// An eigenvalue decomposition, and steps on as many columns as there are points or initial functions.
  [[nodiscard]] bool spread_is_affordable(bool closed_form) const {
    const auto points = static_cast<double>(points_.count());
    const double columns =
        closed_form ? points : static_cast<double>(initial_functions) * static_cast<double>(plan().outputs);
    const double steps = static_cast<double>(plan().steps) * static_cast<double>(plan().batch) * points * columns;
    return 20.0 * points * points * points + (closed_form ? 12.0 : 4.0) * steps <= most_spread_flops;
  }

  bool add_spread() {
    if (!random_start() || !result_.trajectory.complete()) return true;
    const bool closed_form = passes::is_affine_recursion(limit_);
    if (!spread_is_affordable(closed_form)) {
      diagnostics_.report(Kind::start_left_out,
                          {{"points", std::to_string(points_.count())}, {"steps", std::to_string(plan().steps)}});
      return true;
    }
    const StartFactor factor = factor_of(result_.result.nngp->mean, points_.count());
    if (factor.columns == 0) return true;  // nothing varies: f_0 = 0 on these points
    const auto model = compile_recursion(closed_form ? std::optional(factor.columns) : std::nullopt);
    if (!model) return false;
    const ReplicaValues kernel{1, result_.result.kernel.mean.size(), result_.result.kernel.mean};
    const StartProblem start{*model->descriptor(), points_, kernel, factor, plan()};
    SpreadRun run = closed_form ? spread_in_closed_form(start, result_.trajectory, problem_.monitor)
                                : spread_of_draws(start, settings_.request.seed, problem_.monitor);
    result_.result.spread = std::move(run.spread);
    result_.trajectory.interrupted = run.interrupted;
    result_.trajectory.diverged = run.diverged;
    report_if_diverged("the spread over initial functions");
    return true;
  }

  const Problem& problem_;
  const EvaluationSettings& settings_;
  diag::Engine& diagnostics_;
  const ir::limit::Module& limit_;
  const ir::tp::Module& finite_width_;
  PairFunctions pairs_;
  KernelPoints points_;
  PairForm form_;
  Matrices matrices_;
  KernelRun result_;
};

}  // namespace

std::optional<KernelRun> run_kernel(const Problem& problem, const KernelProgram& program,
                                    const EvaluationSettings& settings) {
  try {
    return program.tasks != nullptr ? run_task_kernel(problem, program, settings)
                                    : Run(problem, program, settings).run();
  } catch (const EvaluationFailure& failure) {
    report_failure(failure, problem, program.finite_width);
  } catch (const std::bad_alloc&) {
    problem.diagnostics.report(Kind::not_enough_memory,
                               {{"what", "the kernel regime"}, {"advice", "use fewer examples"}});
  }
  return {};
}

}  // namespace tpc::evaluation
