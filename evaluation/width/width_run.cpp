#include "evaluation/width/width_run.h"

#include <algorithm>
#include <new>

#include "base/memory.h"
#include "base/stopwatch.h"
#include "evaluation/failure/report.h"
#include "evaluation/training/train.h"
#include "evaluation/width/width_evaluator.h"
#include "fmt/format.h"
#include "ir/tp/lengths.h"

namespace tpc::evaluation {
namespace {

Trajectory run_networks(const Problem& problem, const ir::tp::Module& training_step, const WidthSettings& settings,
                        const NetworkCallback& each, WidthRun& run) {
  const int64_t steps = problem.plan.steps;
  const auto watch =
      problem.monitor.begin("width " + std::to_string(settings.width), settings.seeds * steps, KeptWhenStopped::yes);
  TrajectoryMean mean;
  for (int64_t index = 0; index < settings.seeds; ++index) {
    WidthEvaluator network(training_step, settings.width, settings.seed + static_cast<uint64_t>(index),
                           settings.threads);
    if (problem.starts != nullptr) {
      for (const GivenStart& start : *problem.starts) network.start_from(start);
    }
    Trajectory trajectory = train(network, problem.plan, *watch, index * steps);
    if (index == 0 && problem.trained && !trajectory.diverged) problem.trained(network);
    if (trajectory.diverged) {
      report_divergence(*trajectory.diverged, fmt::format("network {} of width {}", index + 1, settings.width), problem,
                        training_step);
    }
    if (!trajectory.complete()) {
      Trajectory partial = mean.count() > 0 ? mean.result() : trajectory;
      partial.interrupted = trajectory.interrupted;
      partial.diverged = trajectory.diverged;
      run.seeds = std::max<int64_t>(1, mean.count());
      return partial;
    }
    if (each) each(trajectory);
    mean.add(trajectory);
  }
  run.seeds = settings.seeds;
  return mean.result();
}

/// Numbers of the states of one network.
double state_numbers(const ir::tp::Module& training_step, double width) {
  double numbers = 0.0;
  for (const ir::State& state : training_step.states) {
    double of_state = state.type.kind == ir::Kind::scalar ? 1.0 : width * state.rows.value();
    if (state.type.kind == ir::Kind::matrix) of_state *= width * state.columns.value();
    for (ir::DimId dim : state.type.dims) of_state *= static_cast<double>(training_step.dim(dim).size.value_or(1));
    numbers += of_state;
  }
  return numbers;
}

void report_memory(int64_t width, diag::Engine& diagnostics) {
  diagnostics.report(diag::Kind::not_enough_memory,
                     {{"what", "a network of width " + std::to_string(width)}, {"advice", "use a smaller width"}});
}

}  // namespace

bool check_widths(const ir::tp::Module& training_step, const std::vector<int64_t>& widths, diag::Engine& diagnostics) {
  const int64_t least = ir::tp::least_width(training_step.states);
  for (int64_t width : widths) {
    if (width % least != 0) {
      diagnostics.report(diag::Kind::width_not_divisible,
                         {{"width", std::to_string(width)}, {"least", std::to_string(least)}});
      return false;
    }
    const double bytes = state_numbers(training_step, static_cast<double>(width)) * sizeof(double);
    if (bytes <= available_memory()) continue;
    report_memory(width, diagnostics);
    return false;
  }
  return true;
}

std::optional<WidthRun> run_width(const Problem& problem, const ir::tp::Module& training_step,
                                  const WidthSettings& settings, const NetworkCallback& each) {
  const Stopwatch watch;
  WidthRun run;
  run.width = settings.width;
  run.seed = settings.seed;
  const bool starts_fit =
      problem.starts == nullptr || check_starts(problem.program, *problem.starts, settings.width, problem.diagnostics);
  if (!starts_fit || !check_widths(training_step, {settings.width}, problem.diagnostics)) return {};
  try {
    run.trajectory = run_networks(problem, training_step, settings, each, run);
  } catch (const std::bad_alloc&) {
    report_memory(settings.width, problem.diagnostics);
    return {};
  }
  run.run_seconds = watch.seconds();
  warn_of_growth(run.trajectory, "width " + std::to_string(settings.width), problem);
  return run;
}

}  // namespace tpc::evaluation
