/// \file How far finite networks are from the limit, and the power of the width with which the distance shrinks.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evaluation/training/trajectory.h"

namespace tpc::evaluation {

/// sqrt of the mean, over recorded steps, data sets, examples and outputs, of (f_n - f)^2 for one network.
/// Precondition: both runs recorded the same things.
double rms_difference(const Trajectory& network, const Trajectory& limit);

/// The same mean of the limit's own squared standard errors: differences near it say nothing. 0 without errors.
double rms_error(const Trajectory& limit);

struct WidthDifference {
  int64_t width = 0;
  double mean = 0.0;   ///< of the networks' rms differences
  double error = 0.0;  ///< standard error over networks; nan with one
};

/// Mean and standard error of one width's networks.
WidthDifference summarise_width(int64_t width, const std::vector<double>& differences);

/// Least squares fit of log difference = intercept + exponent log n.
struct PowerFit {
  double exponent = 0.0;
  double error = 0.0;  ///< standard error from the scatter about the line; nan with two widths
  double intercept = 0.0;
};

/// Empty with fewer than two different widths, or when a difference is not positive.
std::optional<PowerFit> fit_power(const std::vector<WidthDifference>& differences);

/// Fluctuations of order n^{-1/2} remain at width n (central limit theorem around the Master Theorem's limit).
inline constexpr double expected_exponent = -0.5;

}  // namespace tpc::evaluation
