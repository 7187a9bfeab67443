/// \file What a training run leaves behind: losses, outputs and observations with standard errors.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace tpc::evaluation {

/// The same numbers computed by several independent evaluations (replicas of the limit): [replicas][numbers].
struct ReplicaValues {
  size_t replicas = 1;
  size_t numbers = 0;
  std::vector<double> values;
  [[nodiscard]] const double* replica(size_t index) const { return values.data() + index * numbers; }
};

/// Numbers with their standard errors; `error` is empty when there is none (one evaluation, or
/// an exact method).
struct Estimates {
  std::vector<double> mean;
  std::vector<double> error;

  /// nan: there is none.
  [[nodiscard]] double error_at(size_t index) const {
    return index < error.size() ? error[index] : std::numeric_limits<double>::quiet_NaN();
  }
  /// Appends mean and standard error over the replicas of a limit: s / sqrt(R) times Student's factor
  /// (runtime/algebra/student_factor.h), so that two of them cover 95 % however few they are.
  void append(const ReplicaValues& values);
};

/// A quantity recorded at every recorded step: values of [recorded steps, shape...], flattened.
struct RecordedSeries {
  std::string name;
  std::vector<int64_t> shape;
  Estimates values;
  /// How many of one recorded step.
  [[nodiscard]] int64_t numbers() const {
    return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
  }
};

/// A number that grew without bound, or was not finite.
struct Divergence {
  int64_t step = 0;  ///< 0: before any training
  std::string what;  ///< "the loss is no longer finite"
};

struct Trajectory {
  std::vector<int64_t> steps_recorded;     ///< as far as the run came
  Estimates loss;                          ///< t = 0..steps; shorter if not complete
  std::vector<RecordedSeries> outputs;     ///< by data set: [examples, outputs]
  std::vector<RecordedSeries> accuracy;    ///< by data set, of class scores: []
  std::vector<RecordedSeries> set_losses;  ///< by data set, the mean over its examples: []
  std::vector<RecordedSeries> observed;    ///< "gram(z2) on test": [N, N]; a measure: []
  std::vector<RecordedSeries> vectors;     ///< after the last step alone, of vectors with names (named_vectors.h)
  bool starts_by_chance = false;           ///< the accuracy of step 0 is 1 / classes: all outputs are 0
  bool interrupted = false;
  std::optional<Divergence> diverged;  ///< what was computed before it is here, all of it finite

  [[nodiscard]] bool complete() const { return !interrupted && !diverged; }
};

/// Mean and standard error, s / sqrt(K), over K independent runs of one length (seeds of a finite network), one run at
/// a time.
class TrajectoryMean {
 public:
  void add(const Trajectory& run);
  [[nodiscard]] int64_t count() const { return count_; }
  /// Precondition: count() >= 1.
  [[nodiscard]] Trajectory result() const;

 private:
  Trajectory mean_;  ///< `error` holds sums of squared deviations (Welford's recurrence)
  int64_t count_ = 0;
};

/// `value` with the differences to `other`, the same with fewer nodes, as errors: none if `other` is not complete.
/// Where that diverged, so did the whole.
Trajectory with_differences(Trajectory value, const Trajectory& other);

/// The largest error of a loss, output or observation, in units of the number where that is beyond 1. Not of
/// accuracies, which are steps. 0: there are no errors.
double largest_relative_error(const Trajectory& run);

/// Calls f(Estimates&) for everything in the trajectory, in a fixed order.
template <class SomeTrajectory, class F>
void for_each_estimates(SomeTrajectory& trajectory, F&& f) {
  f(trajectory.loss);
  for (auto* group :
       {&trajectory.outputs, &trajectory.accuracy, &trajectory.set_losses, &trajectory.observed, &trajectory.vectors}) {
    for (auto& series : *group) f(series.values);
  }
}

}  // namespace tpc::evaluation
