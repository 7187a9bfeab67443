#include "evaluation/training/trajectory.h"

#include <doctest/doctest.h>

#include <cmath>

#include "runtime/algebra/student_factor.h"

using namespace tpc::evaluation;

namespace {

Trajectory run_with(double value) {
  Trajectory run;
  run.steps_recorded = {0};
  run.loss.mean = {value};
  run.outputs.push_back({"train", {1, 2}, {{value, 2.0 * value}, {}}});
  run.accuracy.push_back({"train", {}, {{value / 10.0}, {}}});
  return run;
}

}  // namespace

TEST_CASE("mean and standard error over replicas") {
  Estimates estimates;
  estimates.append({3, 2, {1.0, 5.0, 2.0, 5.0, 6.0, 5.0}});
  REQUIRE(estimates.mean.size() == 2);
  CHECK(estimates.mean[0] == doctest::Approx(3.0));
  // Student's factor for two degrees of freedom, whose distribution function is elementary: q = 2 p / sqrt(1 - p^2)
  // sqrt(2) / 2 for the probability p within q.
  const double within = std::erf(2.0 / std::sqrt(2.0));
  const double factor = std::sqrt(2.0) * within / std::sqrt(1.0 - within * within) / 2.0;
  CHECK(estimates.error[0] == doctest::Approx(factor * std::sqrt((4.0 + 1.0 + 9.0) / 2.0 / 3.0)));
  CHECK(estimates.mean[1] == 5.0);
  CHECK(estimates.error[1] == 0.0);
}

TEST_CASE("one replica has no error") {
  Estimates estimates;
  estimates.append({1, 2, {1.0, 2.0}});
  CHECK(estimates.mean == std::vector<double>{1.0, 2.0});
  CHECK(estimates.error.empty());
}

TEST_CASE("mean over runs, one at a time, equals the mean over replicas, whose errors have Student's factor") {
  const double factor = tpc::runtime::student_factor(4);
  CHECK(factor == doctest::Approx(1.65341).epsilon(1e-4));
  TrajectoryMean mean;
  Estimates direct;
  for (double value : {1.0, 4.0, -2.0, 7.5}) mean.add(run_with(value));
  direct.append({4, 1, {1.0, 4.0, -2.0, 7.5}});
  const Trajectory result = mean.result();
  CHECK(mean.count() == 4);
  CHECK(result.loss.mean[0] == doctest::Approx(direct.mean[0]));
  CHECK(result.loss.error[0] == doctest::Approx(direct.error[0] / factor));
  CHECK(result.outputs[0].values.mean[1] == doctest::Approx(2.0 * direct.mean[0]));
  CHECK(result.outputs[0].values.error[1] == doctest::Approx(2.0 * direct.error[0] / factor));
  CHECK(result.accuracy[0].values.error[0] == doctest::Approx(direct.error[0] / factor / 10.0));
}

TEST_CASE("the mean of one run is that run, without errors") {
  TrajectoryMean mean;
  mean.add(run_with(3.0));
  CHECK(mean.result().loss.mean[0] == 3.0);
  CHECK(mean.result().loss.error.empty());
}

TEST_CASE("differences to another run as errors") {
  const Trajectory result = with_differences(run_with(3.0), run_with(2.5));
  CHECK(result.loss.mean[0] == 3.0);
  CHECK(result.loss.error[0] == doctest::Approx(0.5));
  CHECK(result.outputs[0].values.error[1] == doctest::Approx(1.0));
}
