#include "driver/report/training_table.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "driver/report/measures.h"
#include "driver/report/table.h"
#include "driver/report/vectors_report.h"
#include "evaluation/data/batches.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

constexpr double no_error = std::numeric_limits<double>::quiet_NaN();

double at(const std::vector<double>& values, size_t index) { return index < values.size() ? values[index] : no_error; }

/// At most `most` indices of 0..count-1, evenly spread, with the first and the last.
std::vector<size_t> spread_indices(size_t count, size_t most) {
  std::vector<size_t> indices(std::min(count, most));
  for (size_t i = 0; i < indices.size(); ++i) {
    indices[i] = indices.size() == 1 ? 0 : i * (count - 1) / (indices.size() - 1);
  }
  return indices;
}

/// The table's rows are recorded steps; this makes their cells.
class TrainingTable {
 public:
  TrainingTable(const Session& session, const Trajectory& trajectory) : plan_(session.plan), trajectory_(trajectory) {
    minibatch_ = plan_.batch < plan_.train->count;
    by_epoch_ = minibatch_ && all_at_epochs();
    for (size_t i = 0; i < trajectory.set_losses.size(); ++i) {
      if (trajectory.set_losses[i].name != plan_.train->name) loss_order_.push_back(i);
    }
    for (bool held_out : {true, false}) {
      for (size_t i = 0; i < trajectory.accuracy.size(); ++i) {
        if ((trajectory.accuracy[i].name != plan_.train->name) == held_out) accuracy_order_.push_back(i);
      }
    }
  }

  [[nodiscard]] std::string text() const {
    const std::vector<MeasureColumn> measures = measure_columns(plan_);
    std::vector<std::string> headings = {"step", minibatch_ ? "training loss*" : "training loss"};
    if (by_epoch_) headings.insert(headings.begin(), "epoch");
    for (size_t i : loss_order_) headings.push_back("loss on " + trajectory_.set_losses[i].name);
    for (size_t i : accuracy_order_) headings.push_back("accuracy on " + trajectory_.accuracy[i].name);
    for (const MeasureColumn& measure : measures) headings.push_back(measure.name);
    Table table(headings);
    int64_t previous = 0;
    for (size_t row : spread_indices(trajectory_.steps_recorded.size(), 26)) {
      const int64_t step = trajectory_.steps_recorded[row];
      std::vector<std::string> cells = {std::to_string(step), loss_cell(previous, step)};
      if (by_epoch_) cells.insert(cells.begin(), std::to_string(step * plan_.batch / plan_.train->count));
      for (size_t i : loss_order_) {
        const Estimates& values = trajectory_.set_losses[i].values;
        cells.push_back(value_with_error(values.mean[row], at(values.error, row)));
      }
      for (size_t i : accuracy_order_) {
        const Estimates& values = trajectory_.accuracy[i].values;
        const bool chance = step == 0 && trajectory_.starts_by_chance;
        cells.push_back(chance ? "chance" : percent_with_error(values.mean[row], at(values.error, row)));
      }
      for (const MeasureColumn& measure : measures) cells.push_back(measure_cell(measure, trajectory_, row));
      table.add(cells);
      previous = step;
    }
    return table.text() + (minibatch_ ? "  * mean over the batches since the row above\n" : "");
  }

 private:
  [[nodiscard]] bool all_at_epochs() const {
    const auto& steps = trajectory_.steps_recorded;
    return std::all_of(steps.begin(), steps.end(), [&](int64_t step) {
      const int64_t epoch = step * plan_.batch / plan_.train->count;
      return step == plan_.steps || step == epoch_start(epoch, plan_.train->count, plan_.batch);
    });
  }

  /// Full batch: the loss at this step. Minibatches: their mean since the row above; the mean of the errors is an upper
  /// bound of the mean's error, whatever the correlation between steps.
  [[nodiscard]] std::string loss_cell(int64_t previous, int64_t step) const {
    const auto& [mean, error] = trajectory_.loss;
    size_t begin = static_cast<size_t>(step);
    size_t end = begin + 1;
    if (minibatch_ && step > previous) {
      begin = static_cast<size_t>(previous);
      end = static_cast<size_t>(step);
    }
    if (end > mean.size()) return "-";
    const auto average = [&](const std::vector<double>& values) {
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto last = values.begin() + static_cast<std::ptrdiff_t>(end);
      return std::accumulate(first, last, 0.0) / static_cast<double>(end - begin);
    };
    return value_with_error(average(mean), error.empty() ? no_error : average(error));
  }

  const TrainingPlan& plan_;
  const Trajectory& trajectory_;
  bool minibatch_ = false;
  bool by_epoch_ = false;
  std::vector<size_t> accuracy_order_, loss_order_;
};

/// The last recorded outputs of the sets that are small enough to read.
std::string final_outputs(const Trajectory& trajectory) {
  constexpr int64_t most_numbers = 24;
  std::string text;
  for (const RecordedSeries& series : trajectory.outputs) {
    const int64_t outputs = series.shape.back();
    const int64_t numbers = series.numbers();
    if (numbers > most_numbers || trajectory.steps_recorded.empty()) continue;
    const size_t last = series.values.mean.size() - static_cast<size_t>(numbers);
    text += fmt::format("\noutputs on {} after {} steps\n", series.name, trajectory.steps_recorded.back());
    for (int64_t example = 0; example < numbers / outputs; ++example) {
      text += fmt::format("  {:>4} ", example + 1);
      for (int64_t output = 0; output < outputs; ++output) {
        const size_t index = last + static_cast<size_t>(example * outputs + output);
        text += "   " + value_with_error(series.values.mean[index], at(series.values.error, index));
      }
      text += '\n';
    }
  }
  return text;
}

}  // namespace

std::string training_table(const Session& session, const Trajectory& trajectory) {
  std::string text = TrainingTable(session, trajectory).text();
  if (trajectory.accuracy.empty()) text += final_outputs(trajectory);
  text += vectors_text(session.plan, trajectory);
  if (trajectory.interrupted) text += "\ninterrupted after " + std::to_string(trajectory.loss.mean.size()) + " steps\n";
  if (trajectory.diverged) text += fmt::format("\ndiverged at step {}\n", trajectory.diverged->step);
  return text;
}

}  // namespace tpc::driver
