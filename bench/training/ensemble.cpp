#include "bench/training/ensemble.h"

#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <stdexcept>

#include "base/stopwatch.h"
#include "bench/training/step_clock.h"
#include "evaluation/training/train.h"

namespace tpc::bench {

Ensemble train_ensemble(const driver::Session& session, const evaluation::WidthSettings& settings,
                        const MakeNetwork& make) {
  const auto count = static_cast<size_t>(settings.seeds);
  std::vector<evaluation::Trajectory> trajectories(count);
  std::vector<StepClock> clocks(count);
  const auto train_one = [&](size_t index) {
    const auto network = make(settings.seed + index);
    const auto watch = clocks[index].begin("", session.plan.steps, evaluation::KeptWhenStopped::no);
    trajectories[index] = evaluation::train(*network, session.plan, *watch);
  };
  const Stopwatch stopwatch;
  tbb::task_arena arena(settings.threads > 0 ? settings.threads : tbb::info::default_concurrency());
  arena.execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<size_t>(0, count, 1),
        [&](const tbb::blocked_range<size_t>& range) {
          // A thread that waits for its own network's numbers does not begin another network.
          for (size_t i = range.begin(); i < range.end(); ++i) tbb::this_task_arena::isolate([&] { train_one(i); });
        },
        tbb::simple_partitioner());
  });
  Ensemble result;
  result.run.run_seconds = stopwatch.seconds();
  result.run.width = settings.width;
  result.run.seeds = settings.seeds;
  result.run.seed = settings.seed;
  evaluation::TrajectoryMean mean;
  for (const evaluation::Trajectory& trajectory : trajectories) {
    if (!trajectory.complete()) throw std::runtime_error("a network diverged");
    mean.add(trajectory);
  }
  result.run.trajectory = mean.result();
  result.step_seconds = clocks.front().step_seconds();
  return result;
}

}  // namespace tpc::bench
