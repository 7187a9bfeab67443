#include "evaluation/experiment/convergence.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "base/diag/check.h"

namespace tpc::evaluation {

double rms_difference(const Trajectory& network, const Trajectory& limit) {
  TPC_CHECK(network.outputs.size() == limit.outputs.size(), "runs of different programs are compared");
  double squares = 0.0;
  size_t count = 0;
  for (size_t i = 0; i < limit.outputs.size(); ++i) {
    const std::vector<double>& mine = network.outputs[i].values.mean;
    const std::vector<double>& theirs = limit.outputs[i].values.mean;
    TPC_CHECK(mine.size() == theirs.size(), "runs of different lengths are compared");
    for (size_t j = 0; j < mine.size(); ++j) squares += std::pow(mine[j] - theirs[j], 2);
    count += mine.size();
  }
  return count == 0 ? 0.0 : std::sqrt(squares / static_cast<double>(count));
}

double rms_error(const Trajectory& limit) {
  double squares = 0.0;
  size_t count = 0;
  for (const RecordedSeries& series : limit.outputs) {
    for (double error : series.values.error) squares += error * error;
    count += series.values.error.size();
  }
  return count == 0 ? 0.0 : std::sqrt(squares / static_cast<double>(count));
}

WidthDifference summarise_width(int64_t width, const std::vector<double>& differences) {
  TPC_CHECK(!differences.empty(), "a width without networks");
  const auto count = static_cast<double>(differences.size());
  const double mean = std::accumulate(differences.begin(), differences.end(), 0.0) / count;
  double squares = 0.0;
  for (double difference : differences) squares += std::pow(difference - mean, 2);
  const double no_error = std::numeric_limits<double>::quiet_NaN();
  return {width, mean, differences.size() < 2 ? no_error : std::sqrt(squares / (count - 1.0) / count)};
}

std::optional<PowerFit> fit_power(const std::vector<WidthDifference>& differences) {
  const auto count = static_cast<double>(differences.size());
  double mean_x = 0.0;
  double mean_y = 0.0;
  for (const WidthDifference& difference : differences) {
    if (!(difference.mean > 0.0)) return {};
    mean_x += std::log(static_cast<double>(difference.width)) / count;
    mean_y += std::log(difference.mean) / count;
  }
  double xx = 0.0;
  double xy = 0.0;
  for (const WidthDifference& difference : differences) {
    const double x = std::log(static_cast<double>(difference.width)) - mean_x;
    xx += x * x;
    xy += x * (std::log(difference.mean) - mean_y);
  }
  if (differences.size() < 2 || xx < 1e-12) return {};
  PowerFit fit{xy / xx, std::numeric_limits<double>::quiet_NaN(), mean_y - xy / xx * mean_x};
  if (differences.size() < 3) return fit;
  double residuals = 0.0;
  for (const WidthDifference& difference : differences) {
    const double predicted = fit.intercept + fit.exponent * std::log(static_cast<double>(difference.width));
    residuals += std::pow(std::log(difference.mean) - predicted, 2);
  }
  fit.error = std::sqrt(residuals / (count - 2.0) / xx);
  return fit;
}

}  // namespace tpc::evaluation
