#include "evaluation/width/width_run.h"

#include "base/stopwatch.h"
#include "driver/terminal/interrupt.h"
#include "driver/terminal/progress.h"
#include "evaluation/width/width_evaluator.h"

namespace tpc::driver {
namespace {

Trajectory run_networks(const Session& session, WidthRun& run, int64_t seeds, const Options& options,
                        const NetworkCallback& each) {
  runtime::Progress progress("width " + std::to_string(run.width), static_cast<size_t>(seeds * session.plan.steps));
  TrajectoryMean mean;
  for (int64_t index = 0; index < seeds; ++index) {
    WidthEvaluator network(*session.compilation->training_step, run.width, run.seed + static_cast<uint64_t>(index),
                           options.threads);
    const int64_t done = index * session.plan.steps;
    Trajectory trajectory =
        train(network, session.plan, [&](int64_t step) { progress.update(static_cast<size_t>(done + step)); });
    if (trajectory.interrupted) {
      Trajectory partial = mean.count() > 0 ? mean.result() : std::move(trajectory);
      partial.interrupted = true;
      run.seeds = std::max<int64_t>(1, mean.count());
      return partial;
    }
    if (each) each(trajectory);
    mean.add(trajectory);
  }
  run.seeds = seeds;
  return mean.result();
}

}  // namespace

std::optional<WidthRun> run_width(Session& session, int64_t width, int64_t seeds, const Options& options,
                                  const NetworkCallback& each) {
  const Stopwatch watch;
  const InterruptGuard guard;
  WidthRun run;
  run.width = width;
  run.seed = options.seed;
  try {
    run.trajectory = run_networks(session, run, seeds, options, each);
  } catch (const EvaluationFailure& failure) {
    report_failure(failure, session.compilation->diagnostics);
    return {};
  } catch (const std::bad_alloc&) {
    session.compilation->diagnostics.report(
        diag::Kind::not_enough_memory,
        {{"what", "a network of width " + std::to_string(width)}, {"advice", "use a smaller width"}});
    return {};
  }
  run.run_seconds = watch.seconds();
  return run;
}

}  // namespace tpc::driver
