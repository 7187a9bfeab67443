#include "driver/report/kernel_report.h"

#include "driver/report/json.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "driver/report/run_json.h"
#include "driver/report/table.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

void add_matrix(Json& json, const std::string& name, const Estimates& matrix, int64_t points) {
  json[name] = nested_array(matrix.mean, {points, points});
  json[name + "_stderr"] = matrix.error.empty() ? Json() : nested_array(matrix.error, {points, points});
}

Json group_json(const std::vector<RecordedSeries>& group, size_t recorded) {
  Json json = Json::object();
  for (const RecordedSeries& series : group) json[series.name] = series_json(series.values.mean, series, recorded);
  return json;
}

Json ensemble_json(const StartSpread& spread, uint64_t seed) {
  const size_t recorded = spread.mean.steps_recorded.size();
  Json json;
  json["draws"] = spread.draws == 0 ? Json() : Json(spread.draws);
  json["seed"] = spread.draws == 0 ? Json() : Json(seed);
  json["loss_mean"] = spread.mean.loss.mean;
  if (spread.draws > 0) {
    json["loss_std"] = spread.deviation.loss.mean;
    json["outputs_mean"] = group_json(spread.mean.outputs, recorded);
  }
  json["outputs_std"] = group_json(spread.deviation.outputs, recorded);
  if (!spread.mean.accuracy.empty()) {
    json["accuracy_mean"] = group_json(spread.mean.accuracy, recorded);
    json["accuracy_std"] = group_json(spread.deviation.accuracy, recorded);
  }
  return json;
}

/// Root mean square of the last recorded step's numbers.
double final_rms(const RecordedSeries& series) {
  size_t numbers = 1;
  for (int64_t extent : series.shape) numbers *= static_cast<size_t>(extent);
  double squares = 0.0;
  for (size_t i = series.values.mean.size() - numbers; i < series.values.mean.size(); ++i) {
    squares += series.values.mean[i] * series.values.mean[i];
  }
  return std::sqrt(squares / static_cast<double>(numbers));
}

std::string deviations_text(const StartSpread& spread) {
  std::string text;
  for (const RecordedSeries& series : spread.deviation.outputs) {
    text += fmt::format("  standard deviation of an output on {}: {:.4g} (rms over examples)\n", series.name,
                        final_rms(series));
  }
  return text;
}

std::string spread_text(const StartSpread& spread, const Trajectory& trajectory) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  std::string text =
      spread.draws == 0
          ? "The initial function is a Gaussian process. Outputs above are means over it; the losses are those of the\n"
            "mean. In closed form over initial functions:\n"
          : fmt::format(
                "The initial function is a Gaussian process. Everything above is the trajectory from the "
                "function 0.\nOver {} drawn initial functions:\n",
                spread.draws);
  text += fmt::format("  mean final loss {} ({} from the function 0)\n",
                      value_with_error(spread.mean.loss.mean.back(),
                                       spread.mean.loss.error.empty() ? none : spread.mean.loss.error.back()),
                      value_with_error(trajectory.loss.mean.back(), none));
  text += deviations_text(spread);
  for (const RecordedSeries& series : spread.mean.accuracy) {
    text += fmt::format("  accuracy on {}: {}\n", series.name,
                        percent_with_error(series.values.mean.back(), series.values.error.back()));
  }
  return text;
}

}  // namespace

void add_kernel_json(Json& json, const KernelResult& result, uint64_t seed) {
  const bool printed = !result.tasks && result.points * result.points <= most_printed_numbers;
  if (printed) {
    add_matrix(json, "kernel", result.kernel, result.points);
    if (result.nngp) add_matrix(json, "nngp", *result.nngp, result.points);
  }
  if (!result.nngp) json["nngp"] = Json();
  if (!result.spread) return;
  if (printed && !result.spread->covariance.empty()) {
    json["outputs_cov"] = nested_array(result.spread->covariance, {result.points, result.points});
  }
  json["ensemble"] = ensemble_json(*result.spread, seed);
}

void add_drawn_start_json(Json& json, const StartSpread& spread, uint64_t seed) {
  json["ensemble"] = ensemble_json(spread, seed);
}

std::string drawn_start_text(const StartSpread& spread) {
  return fmt::format(
             "\nThe initial function is a Gaussian process. Everything above is the mean over {} drawn initial "
             "functions:\n",
             spread.draws) +
         deviations_text(spread);
}

std::string kernel_text(const Session& session, const KernelResult& result, const Trajectory& trajectory) {
  std::string text =
      result.tasks
          ? fmt::format("\nthe function has moved along {} points of the tasks it was trained on\n", result.points)
          : fmt::format("\nkernel over {} points; {} of them are trained on\n", result.points,
                        session.plan.train->count);
  if (!result.nngp) return text + "The initial function is 0.\n";
  if (!result.spread)
    return text + "The initial function is a Gaussian process; outputs above start from the function 0.\n";
  return text + spread_text(*result.spread, trajectory);
}

}  // namespace tpc::driver
