/// \file The curves of the picture of `tpc compare`: what is drawn of a run over time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/report/plot/svg.h"
#include "driver/session.h"

namespace tpc::driver {

/// A quantity over time, with two standard errors on each side.
struct Curve {
  std::vector<svg::Point> middle, lower, upper;
  /// error: nan if there is none.
  void add(double x, double value, double error);
};

/// Decides from the limit what is shown, and takes it out of any run of the same plan.
class CurveChoice {
 public:
  CurveChoice(const TrainingPlan& plan, const Trajectory& limit);

  /// The training loss; that of minibatches averaged over stretches of steps, so that the differences between widths
  /// are not hidden by those between batches.
  [[nodiscard]] Curve loss(const Trajectory& run) const;

  /// In percent, on the first set that is not trained on (else on the training set); only with cross entropy.
  [[nodiscard]] bool has_accuracy() const { return accuracy_.has_value(); }
  [[nodiscard]] std::string accuracy_title(const Trajectory& run) const;
  [[nodiscard]] Curve accuracy(const Trajectory& run) const;

  /// The first measured loss, on a set that is not trained on if there is one.
  [[nodiscard]] bool has_measure() const { return measure_.has_value(); }
  [[nodiscard]] std::string measure_title(const Trajectory& run) const { return run.observed[*measure_].name; }
  [[nodiscard]] Curve measure(const Trajectory& run) const { return recorded(run, run.observed[*measure_], 1, 0, 1.0); }

  /// "epoch" of minibatches, if training comes to the end of one; else "step".
  [[nodiscard]] std::string time_label() const { return by_epoch_ ? "epoch" : "step"; }

  /// The output that moves most in the limit, on a set that is not trained on if there is one; if any are recorded.
  [[nodiscard]] bool has_output() const { return output_.has_value(); }
  [[nodiscard]] std::string output_title(const Trajectory& run) const;
  [[nodiscard]] Curve output(const Trajectory& run) const;

 private:
  void choose_accuracy(const Trajectory& limit);
  void choose_output(const Trajectory& limit);
  void choose_measure();
  [[nodiscard]] double time(double step) const;
  [[nodiscard]] Curve recorded(const Trajectory& run, const RecordedSeries& series, size_t numbers, size_t offset,
                               double scale) const;

  const TrainingPlan& plan_;
  bool minibatch_ = false;
  bool by_epoch_ = false;
  std::optional<size_t> accuracy_;                 ///< index of its series
  std::optional<size_t> output_;                   ///< index of its series
  std::optional<size_t> measure_;                  ///< index of its series
  size_t output_offset_ = 0, output_numbers_ = 1;  ///< its place among the numbers of one recorded step
};

}  // namespace tpc::driver
