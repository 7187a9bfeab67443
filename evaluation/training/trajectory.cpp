#include "evaluation/training/trajectory.h"

#include <algorithm>
#include <cmath>

#include "base/diag/check.h"
#include "runtime/algebra/student_factor.h"

namespace tpc::evaluation {
namespace {

/// Calls f(mine, theirs) for corresponding estimates of two runs of one program.
template <class F>
void for_each_pair(Trajectory& mine, const Trajectory& theirs, F&& f) {
  std::vector<const Estimates*> others;
  for_each_estimates(theirs, [&](const Estimates& estimates) { others.push_back(&estimates); });
  size_t index = 0;
  for_each_estimates(mine, [&](Estimates& estimates) {
    TPC_CHECK(index < others.size() && others[index]->mean.size() == estimates.mean.size(),
              "runs of different shapes are compared");
    f(estimates, *others[index++]);
  });
}

}  // namespace

void Estimates::append(const ReplicaValues& values) {
  const auto replicas = static_cast<double>(values.replicas);
  const double factor = runtime::student_factor(values.replicas);
  for (size_t i = 0; i < values.numbers; ++i) {
    double sum = 0.0;
    for (size_t r = 0; r < values.replicas; ++r) sum += values.replica(r)[i];
    const double average = sum / replicas;
    mean.push_back(average);
    if (values.replicas < 2) continue;
    double squares = 0.0;
    for (size_t r = 0; r < values.replicas; ++r) squares += std::pow(values.replica(r)[i] - average, 2);
    error.push_back(factor * std::sqrt(squares / (replicas - 1.0) / replicas));
  }
}

void TrajectoryMean::add(const Trajectory& run) {
  if (count_++ == 0) {
    mean_ = run;
    for_each_estimates(mean_, [](Estimates& estimates) { estimates.error.assign(estimates.mean.size(), 0.0); });
    return;
  }
  const auto count = static_cast<double>(count_);
  for_each_pair(mean_, run, [count](Estimates& estimates, const Estimates& values) {
    for (size_t i = 0; i < estimates.mean.size(); ++i) {
      const double deviation = values.mean[i] - estimates.mean[i];
      estimates.mean[i] += deviation / count;
      estimates.error[i] += deviation * (values.mean[i] - estimates.mean[i]);
    }
  });
}

Trajectory TrajectoryMean::result() const {
  TPC_CHECK(count_ >= 1, "the mean of no runs");
  Trajectory result = mean_;
  const auto count = static_cast<double>(count_);
  for_each_estimates(result, [&](Estimates& estimates) {
    if (count_ == 1) estimates.error.clear();
    for (double& error : estimates.error) error = std::sqrt(error / (count - 1.0) / count);
  });
  return result;
}

double largest_relative_error(const Trajectory& run) {
  double largest = 0.0;
  const auto look_at = [&](const Estimates& estimates) {
    for (size_t i = 0; i < estimates.error.size(); ++i) {
      largest = std::max(largest, estimates.error[i] / std::max(1.0, std::abs(estimates.mean[i])));
    }
  };
  look_at(run.loss);
  for (const auto* group : {&run.outputs, &run.observed}) {
    for (const RecordedSeries& series : *group) look_at(series.values);
  }
  return largest;
}

Trajectory with_differences(Trajectory value, const Trajectory& other) {
  value.diverged = other.diverged;
  if (!other.complete()) return value;
  for_each_pair(value, other, [](Estimates& estimates, const Estimates& fewer_nodes) {
    estimates.error.resize(estimates.mean.size());
    for (size_t i = 0; i < estimates.mean.size(); ++i) {
      estimates.error[i] = std::abs(estimates.mean[i] - fewer_nodes.mean[i]);
    }
  });
  return value;
}

}  // namespace tpc::evaluation
