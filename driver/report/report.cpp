#include "driver/report/report.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <numeric>

#include "driver/report/kernel_report.h"
#include "driver/report/table.h"
#include "driver/terminal/files.h"
#include "evaluation/data/batches.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

constexpr double no_error = std::numeric_limits<double>::quiet_NaN();

/// Adds "key" with the values of every series, and "key_stderr" in the same shape (null without errors).
void add_group(Json& json, const std::string& key, const std::vector<RecordedSeries>& group, size_t recorded) {
  Json means = Json::object();
  Json errors = Json::object();
  bool has_errors = false;
  for (const RecordedSeries& series : group) {
    means[series.name] = series_json(series.values.mean, series, recorded);
    has_errors = has_errors || !series.values.error.empty();
    errors[series.name] = series.values.error.empty() ? Json() : series_json(series.values.error, series, recorded);
  }
  json[key] = std::move(means);
  json[key + "_stderr"] = has_errors ? std::move(errors) : Json();
}

void add_trajectory(Json& json, const Trajectory& trajectory) {
  const size_t recorded = trajectory.steps_recorded.size();
  json["loss"] = trajectory.loss.mean;
  json["loss_stderr"] = trajectory.loss.error.empty() ? Json() : Json(trajectory.loss.error);
  add_group(json, "outputs", trajectory.outputs, recorded);
  if (!trajectory.accuracy.empty()) add_group(json, "accuracy", trajectory.accuracy, recorded);
  if (!trajectory.observed.empty()) add_group(json, "observe", trajectory.observed, recorded);
  json["steps_recorded"] = trajectory.steps_recorded;
  if (trajectory.interrupted) json["interrupted"] = true;
}

Json model_json(const Session& session) {
  Json json;
  json["model"] = session.program().model;
  json["parametrization"] = session.program().parametrization;
  json["regime"] = std::string(passes::regime_name(session.compilation->classification->regime));
  return json;
}

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
    for (bool held_out : {true, false}) {
      for (size_t i = 0; i < trajectory.accuracy.size(); ++i) {
        if ((trajectory.accuracy[i].name != plan_.train->name) == held_out) accuracy_order_.push_back(i);
      }
    }
  }

  [[nodiscard]] std::string text() const {
    std::vector<std::string> headings = {"step", minibatch_ ? "training loss*" : "training loss"};
    if (by_epoch_) headings.insert(headings.begin(), "epoch");
    for (size_t i : accuracy_order_) headings.push_back("accuracy on " + trajectory_.accuracy[i].name);
    Table table(headings);
    int64_t previous = 0;
    for (size_t row : spread_indices(trajectory_.steps_recorded.size(), 26)) {
      const int64_t step = trajectory_.steps_recorded[row];
      std::vector<std::string> cells = {std::to_string(step), loss_cell(previous, step)};
      if (by_epoch_) cells.insert(cells.begin(), std::to_string(step * plan_.batch / plan_.train->count));
      for (size_t i : accuracy_order_) {
        const Estimates& values = trajectory_.accuracy[i].values;
        cells.push_back(percent_with_error(values.mean[row], at(values.error, row)));
      }
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
  std::vector<size_t> accuracy_order_;
};

/// The last recorded outputs of the sets that are small enough to read.
std::string final_outputs(const Trajectory& trajectory) {
  constexpr int64_t most_numbers = 24;
  std::string text;
  for (const RecordedSeries& series : trajectory.outputs) {
    const int64_t outputs = series.shape[1];
    const int64_t numbers = series.shape[0] * outputs;
    if (numbers > most_numbers || trajectory.steps_recorded.empty()) continue;
    const size_t last = series.values.mean.size() - static_cast<size_t>(numbers);
    text += fmt::format("\noutputs on {} after {} steps\n", series.name, trajectory.steps_recorded.back());
    for (int64_t example = 0; example < series.shape[0]; ++example) {
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

Json series_json(const std::vector<double>& values, const RecordedSeries& series, size_t recorded) {
  std::vector<int64_t> shape = {static_cast<int64_t>(recorded)};
  shape.insert(shape.end(), series.shape.begin(), series.shape.end());
  return nested_array(values, shape);
}

Json limit_json(const Session& session, const LimitRun& run) {
  const LimitSettings& settings = run.choice.settings;
  Json json = model_json(session);
  json["method"] = method_name(settings.method);
  json["samples"] = settings.samples == 0 ? Json() : Json(settings.samples);
  json["replicas"] = settings.replicas;
  json["seed"] = settings.seed;
  add_trajectory(json, run.trajectory);
  if (run.kernel) {
    add_kernel_json(json, *run.kernel, settings.seed);
  } else {
    json["truncation"] = settings.tolerance;
    json["rank"] = Json::object();
    for (const MatrixRank& rank : run.ranks) json["rank"][rank.name] = {rank.rank, rank.rank_transposed};
  }
  json["seconds"] = {{"compile", session.compile_seconds + run.compile_seconds}, {"run", run.run_seconds}};
  return json;
}

Json width_json(const Session& session, const WidthRun& run) {
  Json json = model_json(session);
  json["width"] = run.width;
  json["seeds"] = run.seeds;
  json["seed"] = run.seed;
  add_trajectory(json, run.trajectory);
  json["seconds"] = {{"compile", session.compile_seconds}, {"run", run.run_seconds}};
  return json;
}

std::string training_table(const Session& session, const Trajectory& trajectory) {
  std::string text = TrainingTable(session, trajectory).text();
  if (trajectory.accuracy.empty()) text += final_outputs(trajectory);
  if (trajectory.interrupted) text += "\ninterrupted after " + std::to_string(trajectory.loss.mean.size()) + " steps\n";
  return text;
}

bool write_result(Compilation& compilation, const Options& options, const Json& json, const std::string& text) {
  std::cout << (options.json() ? json_text(json) : text) << std::flush;
  if (options.output.empty()) return true;
  const std::string failure = write_text_file(options.output, json_text(json));
  if (failure.empty()) return true;
  compilation.diagnostics.report(diag::Kind::cannot_write_file, {{"path", options.output}, {"why", failure}});
  print_diagnostics(compilation);
  return false;
}

}  // namespace tpc::driver
