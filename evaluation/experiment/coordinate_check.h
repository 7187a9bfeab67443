/// \file The coordinate check of `tpc compare --coords`: how the typical coordinate of every named value of the
/// network, and its change since initialisation, scale with the width, beside the exponents of the width analysis.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "driver/session.h"

namespace tpc::driver {

/// Fitted slope of log(root mean square) against log(width). Empty: too few widths, or sizes that are 0 or not finite.
struct MeasuredSlope {
  std::optional<double> slope;
  double error = std::numeric_limits<double>::quiet_NaN();
  ir::Exponent predicted;  ///< an upper bound

  /// Farther off than 0.15 and three standard errors.
  [[nodiscard]] bool disagrees() const;
};

struct CheckedValue {
  std::string name;
  /// By recorded step. Changes at step 0 are zero: no slope.
  std::vector<MeasuredSlope> value, change;
};

struct CoordinateCheck {
  std::vector<CheckedValue> values;
  std::vector<int64_t> steps;
  bool interrupted = false;
};

/// Trains `seeds` networks of each width in the interpreter. Works in every regime: a network whose numbers are no
/// longer finite is measured up to there. Precondition: the session reached Stage::classification.
CoordinateCheck check_coordinates(const Session& session, const std::vector<int64_t>& widths, int64_t seeds,
                                  const Options& options);

}  // namespace tpc::driver
