#include "evaluation/training/pooled.h"

#include <algorithm>
#include <cmath>

#include "runtime/algebra/student_factor.h"

namespace tpc::evaluation {
namespace {

class Pool {
 public:
  Pool(size_t saved, size_t added)
      : saved_(static_cast<double>(saved)),
        added_(static_cast<double>(added)),
        saved_squares_(squares_of_error(saved)),
        added_squares_(squares_of_error(added)),
        factor_(runtime::student_factor(saved + added)) {}

  /// Into `added`; whether both have the same numbers.
  bool merge(const Estimates& saved, Estimates& added) const {
    const auto has_errors = [](const Estimates& estimates, double squares) {
      return squares == 0.0 || estimates.error.size() == estimates.mean.size();
    };
    if (saved.mean.size() != added.mean.size() || !has_errors(saved, saved_squares_)) return false;
    if (!has_errors(added, added_squares_)) return false;
    const double total = saved_ + added_;
    std::vector<double> errors(added.mean.size());
    for (size_t i = 0; i < errors.size(); ++i) {
      const double difference = added.mean[i] - saved.mean[i];
      const double squares = squares_at(saved, saved_squares_, i) + squares_at(added, added_squares_, i) +
                             saved_ * added_ / total * difference * difference;
      errors[i] = factor_ * std::sqrt(squares / (total - 1.0) / total);
      added.mean[i] = saved.mean[i] + added_ / total * difference;
    }
    added.error = std::move(errors);
    return true;
  }

  bool merge(const std::vector<RecordedSeries>& saved, std::vector<RecordedSeries>& added) const {
    return std::ranges::all_of(added, [&](RecordedSeries& series) {
      const auto found = std::ranges::find(saved, series.name, &RecordedSeries::name);
      return found != saved.end() && merge(found->values, series.values);
    });
  }

 private:
  /// The sum of squared deviations is this times the squared standard error.
  static double squares_of_error(size_t replicas) {
    if (replicas < 2) return 0.0;
    const auto count = static_cast<double>(replicas);
    const double factor = runtime::student_factor(replicas);
    return count * (count - 1.0) / (factor * factor);
  }
  static double squares_at(const Estimates& estimates, double squares, size_t i) {
    return squares == 0.0 ? 0.0 : squares * estimates.error[i] * estimates.error[i];
  }

  double saved_, added_, saved_squares_, added_squares_, factor_;
};

}  // namespace

std::optional<Trajectory> pooled(const ReplicatedRun& saved, const ReplicatedRun& added) {
  const Pool pool(saved.replicas, added.replicas);
  Trajectory result = added.trajectory;
  const Trajectory& before = saved.trajectory;
  const bool same = before.steps_recorded == result.steps_recorded && pool.merge(before.loss, result.loss) &&
                    pool.merge(before.outputs, result.outputs) && pool.merge(before.accuracy, result.accuracy) &&
                    pool.merge(before.set_losses, result.set_losses) && pool.merge(before.observed, result.observed) &&
                    result.vectors.empty();
  return same ? std::optional(std::move(result)) : std::nullopt;
}

}  // namespace tpc::evaluation
