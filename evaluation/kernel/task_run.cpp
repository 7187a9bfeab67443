#include "evaluation/kernel/task_run.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/diag/check.h"
#include "base/stopwatch.h"
#include "evaluation/compiled/machine_code.h"
#include "evaluation/compiled/node_counts.h"
#include "evaluation/failure/report.h"
#include "evaluation/kernel/task_evaluator.h"
#include "evaluation/training/train.h"
#include "fmt/format.h"
#include "passes/gaussian/quadrature.h"
#include "passes/kernel/pair_functions.h"

namespace tpc::evaluation {
namespace {

using diag::Kind;

class TaskRun {
 public:
  TaskRun(const Problem& problem, const KernelProgram& program, const EvaluationSettings& settings)
      : problem_(problem),
        program_(program),
        settings_(settings),
        diagnostics_(problem.diagnostics),
        space_(*program.tasks),
        pairs_(problem, program, settings) {}

  std::optional<KernelRun> run() {
    result_.result.tasks = true;
    if (!check_memory()) return {};
    form_ = pairs_.choose(ir::FunctionRole::kernel, points_with_as_many_pairs());
    if (diagnostics_.has_errors() || !check_formulas()) return {};
    warn_without_effect(settings_.request, form_.choice, false, diagnostics_);
    const Stopwatch watch;
    if (!settle_nodes()) return {};
    const auto functions = compiled(passes::task_functions(program_.limit));
    if (!functions || !train_all(*functions)) return {};
    result_.choice = form_.choice;
    if (passes::starts_random(program_.limit)) result_.result.nngp.emplace();
    result_.run_seconds = watch.seconds() - result_.compile_seconds;
    return std::move(result_);
  }

 private:
  [[nodiscard]] const TrainingPlan& plan() const { return problem_.plan; }

  /// Points that training moves f along, all steps together: at most as many as there are different ones.
  [[nodiscard]] int64_t terms_at_end() const {
    const int64_t rows = std::accumulate(space_.moved.begin(), space_.moved.end(), int64_t{0},
                                         [&](int64_t sum, size_t group) { return sum + space_.groups[group].rows; });
    const int64_t drawn = rows * plan().batch * plan().steps;
    const auto different = plan().train->maker ? plan().train->maker->different_rows() : std::nullopt;
    const bool points_are_rows = std::ranges::all_of(space_.moved, [&](size_t group) {
      return std::ranges::all_of(space_.groups[group].fields, &passes::PointGroup::Field::by_row);
    });
    return different && points_are_rows ? std::min(drawn, *different) : drawn;
  }

  [[nodiscard]] double points_of_tasks(double tasks) const {
    return std::accumulate(space_.groups.begin(), space_.groups.end(), 0.0, [&](double sum, const auto& group) {
      return sum + static_cast<double>(group.rows) * tasks;
    });
  }

  /// All pairs of so many points are as many as are evaluated: those of each batch, and f at every point of tasks.
  [[nodiscard]] int64_t points_with_as_many_pairs() const {
    const double batch = points_of_tasks(static_cast<double>(plan().batch));
    const auto steps = static_cast<double>(plan().steps), terms = static_cast<double>(terms_at_end());
    double pairs = steps * batch * (batch + 0.5 * terms);
    for (const auto* observed : {&plan().predicted, &plan().observed}) {
      for (const TrainingPlan::Observed& item : *observed) {
        const double tasks = points_of_tasks(static_cast<double>(item.set->count));
        pairs += tasks * (terms + points_of_tasks(static_cast<double>(plan().recorded.size())));
      }
    }
    return static_cast<int64_t>(std::sqrt(2.0 * pairs)) + 1;
  }

  /// Every point with its coefficient.
  bool check_memory() {
    int64_t numbers = plan().outputs;
    const passes::PointGroup& group = space_.groups.at(space_.moved.at(0));
    for (const passes::PointGroup::Field& field : group.fields) {
      numbers += plan().train->field(field.data)->size / (field.by_row ? group.rows : 1);
    }
    const double bytes = 8.0 * static_cast<double>(terms_at_end()) * static_cast<double>(numbers);
    if (bytes <= most_kernel_bytes) return true;
    constexpr double gigabyte = 1024.0 * 1024.0 * 1024.0;
    diagnostics_.report(Kind::too_many_task_points, {{"points", std::to_string(terms_at_end())},
                                                     {"gigabytes", fmt::format("{:.1f}", bytes / gigabyte)},
                                                     {"limit", fmt::format("{:.0f}", most_kernel_bytes / gigabyte)}});
    return false;
  }

  /// Sample points are drawn for one list of points; here the list grows.
  bool check_formulas() {
    if (!form_.sampled) return true;
    const auto why = program_.without_formula.find(ir::FunctionRole::kernel);
    const bool none = why != program_.without_formula.end();
    diagnostics_.report(
        Kind::method_not_applicable,
        {{"method", method_name(form_.choice.settings)},
         {"why", "training on tasks brings new points in every step, so it needs the kernel as a formula" +
                     (none ? ", and there is none: " + why->second : std::string())}});
    return false;
  }

  /// As many as the points of the first batch need.
  bool settle_nodes() {
    if (!form_.sums_over_nodes()) return true;
    std::vector<int64_t> rows(static_cast<size_t>(plan().batch));
    std::iota(rows.begin(), rows.end(), int64_t{0});
    const Batch points = points_of(space_.groups.at(space_.moved.at(0)), plan().train->batch(rows));
    LoadedSet set{"first batch", points.count, {}};
    for (const auto& [name, values] : points.fields) {
      set.fields.push_back({name, static_cast<int64_t>(values.size()) / points.count, values});
    }
    const auto found = pairs_.evaluate(form_, set, "nodes");
    if (!found) return false;
    result_.compile_seconds += found->compile_seconds;
    return true;
  }

  std::optional<MachineCode> compiled(const ir::limit::Module& module) {
    const Stopwatch watch;
    auto model = compile_to_memory(module, settings_.code, diagnostics_, settings_.code_cache.get());
    result_.compile_seconds += watch.seconds();
    return model;
  }

  bool train_all(const MachineCode& functions) {
    LimitSettings settings = form_.choice.settings;
    if (!train_once(functions, settings, result_.trajectory)) return false;
    settings.samples = form_.sums_over_nodes() ? coarser_node_count(settings.samples) : 0;
    if (settings.samples > 0 && result_.trajectory.complete()) {
      Trajectory coarse;
      if (!train_once(functions, settings, coarse)) return false;
      result_.trajectory = with_differences(std::move(result_.trajectory), coarse);
    }
    if (const auto& diverged = result_.trajectory.diverged) {
      report_divergence(*diverged, "infinite width", problem_, program_.finite_width);
    }
    warn_of_growth(result_.trajectory, "infinite width", problem_);
    return true;
  }

  bool train_once(const MachineCode& functions, const LimitSettings& settings, Trajectory& trajectory) {
    const auto kernel = compiled(form_.sums_over_nodes() ? passes::with_quadrature_nodes(form_.module, settings.samples)
                                                         : form_.module);
    if (!kernel) return false;
    const KernelFunction function(*kernel->descriptor(), settings);
    TaskKernelEvaluator evaluator(*functions.descriptor(), function, space_);
    const auto watch = problem_.monitor.begin("infinite width", plan().steps, KeptWhenStopped::yes);
    trajectory = train(evaluator, plan(), *watch);
    result_.result.points = static_cast<int64_t>(evaluator.terms());
    return true;
  }

  const Problem& problem_;
  const KernelProgram& program_;
  const EvaluationSettings& settings_;
  diag::Engine& diagnostics_;
  const passes::FunctionSpace& space_;
  PairFunctions pairs_;
  PairForm form_;
  KernelRun result_;
};

}  // namespace

std::optional<KernelRun> run_task_kernel(const Problem& problem, const KernelProgram& program,
                                         const EvaluationSettings& settings) {
  TPC_CHECK(program.tasks != nullptr, "a program that adapts to tasks");
  return TaskRun(problem, program, settings).run();
}

}  // namespace tpc::evaluation
