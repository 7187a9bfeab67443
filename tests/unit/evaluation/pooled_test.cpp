// Replicas of two runs taken together are those of one.
#include "evaluation/training/pooled.h"

#include <doctest/doctest.h>

using namespace tpc::evaluation;

namespace {

/// One output of two numbers over replicas first .. first + count - 1.
ReplicatedRun run_over(size_t first, size_t count) {
  const std::vector<double> all = {1.0, 5.0, 2.5, 4.0, -1.0, 4.5, 0.25, 6.0, 3.0, 5.5};
  ReplicaValues values{count,
                       2,
                       {all.begin() + 2 * static_cast<std::ptrdiff_t>(first),
                        all.begin() + 2 * static_cast<std::ptrdiff_t>(first + count)}};
  ReplicatedRun run{{}, count};
  run.trajectory.steps_recorded = {0};
  run.trajectory.outputs.push_back({"train", {1, 2}, {}});
  run.trajectory.outputs.back().values.append(values);
  run.trajectory.loss.append(values);
  return run;
}

}  // namespace

TEST_CASE("pooled runs equal one run over all replicas") {
  const Estimates whole = run_over(0, 5).trajectory.outputs[0].values;
  for (const size_t first : {1u, 2u, 3u, 4u}) {
    CAPTURE(first);
    const auto both = pooled(run_over(0, first), run_over(first, 5 - first));
    REQUIRE(both.has_value());
    for (size_t i = 0; i < 2; ++i) {
      CHECK(both->outputs[0].values.mean[i] == doctest::Approx(whole.mean[i]).epsilon(1e-14));
      CHECK(both->outputs[0].values.error[i] == doctest::Approx(whole.error[i]).epsilon(1e-13));
      CHECK(both->loss.error[i] == doctest::Approx(whole.error[i]).epsilon(1e-13));
    }
  }
}

TEST_CASE("runs that recorded other numbers are not pooled") {
  ReplicatedRun other = run_over(2, 3);
  other.trajectory.outputs[0].name = "test";
  CHECK_FALSE(pooled(run_over(0, 2), other).has_value());
  other = run_over(2, 3);
  other.trajectory.outputs[0].values.mean.pop_back();
  CHECK_FALSE(pooled(run_over(0, 2), other).has_value());
  other = run_over(2, 3);
  other.trajectory.steps_recorded = {1};
  CHECK_FALSE(pooled(run_over(0, 2), other).has_value());
  other = run_over(2, 3);
  other.trajectory.loss.error.clear();
  CHECK_FALSE(pooled(run_over(0, 2), other).has_value());
}
