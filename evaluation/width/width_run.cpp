#include "evaluation/width/width_run.h"

#include <algorithm>
#include <new>

#include "base/stopwatch.h"
#include "evaluation/training/train.h"
#include "evaluation/width/width_evaluator.h"

namespace tpc::evaluation {
namespace {

Trajectory run_networks(const Problem& problem, const ir::tp::Module& training_step, const WidthSettings& settings,
                        const NetworkCallback& each, WidthRun& run) {
  const int64_t steps = problem.plan.steps;
  const auto watch =
      problem.monitor.begin("width " + std::to_string(settings.width), settings.seeds * steps, Stoppable::yes);
  TrajectoryMean mean;
  for (int64_t index = 0; index < settings.seeds; ++index) {
    WidthEvaluator network(training_step, settings.width, settings.seed + static_cast<uint64_t>(index),
                           settings.threads);
    Trajectory trajectory = train(network, problem.plan, *watch, index * steps);
    if (trajectory.interrupted) {
      Trajectory partial = mean.count() > 0 ? mean.result() : std::move(trajectory);
      partial.interrupted = true;
      run.seeds = std::max<int64_t>(1, mean.count());
      return partial;
    }
    if (each) each(trajectory);
    mean.add(trajectory);
  }
  run.seeds = settings.seeds;
  return mean.result();
}

}  // namespace

std::optional<WidthRun> run_width(const Problem& problem, const ir::tp::Module& training_step,
                                  const WidthSettings& settings, const NetworkCallback& each) {
  const Stopwatch watch;
  WidthRun run;
  run.width = settings.width;
  run.seed = settings.seed;
  try {
    run.trajectory = run_networks(problem, training_step, settings, each, run);
  } catch (const EvaluationFailure& failure) {
    report_failure(failure, problem.diagnostics);
    return {};
  } catch (const std::bad_alloc&) {
    problem.diagnostics.report(
        diag::Kind::not_enough_memory,
        {{"what", "a network of width " + std::to_string(settings.width)}, {"advice", "use a smaller width"}});
    return {};
  }
  run.run_seconds = watch.seconds();
  return run;
}

}  // namespace tpc::evaluation
