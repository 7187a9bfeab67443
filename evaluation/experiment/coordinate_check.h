/// \file The coordinate check of `tpc compare --coords`: how the typical coordinate of every named value of the
/// network, and its change since initialisation, scale with the width, beside the exponents of the width analysis.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/experiment/convergence.h"
#include "evaluation/experiment/patience.h"
#include "evaluation/training/problem.h"
#include "evaluation/training/trajectory.h"
#include "ir/tp/ir.h"
#include "passes/width/width_analysis.h"

namespace tpc::evaluation {

/// Fitted slope of log(root mean square) against log(width). Empty: too few widths, or sizes that are 0 or not finite.
/// Its standard error is that of the scatter about the line, or of the networks of one width if that is larger: three
/// widths lie on a line by chance.
struct MeasuredSlope {
  std::optional<double> slope;
  double error = std::numeric_limits<double>::quiet_NaN();  ///< nan with two widths
  std::optional<ir::Exponent> predicted;                    ///< an upper bound; empty: nothing is said of this step
  std::vector<WidthDifference> sizes;                       ///< by width: what it is fitted to, with standard errors

  /// Farther off than 0.15 and three standard errors of what is predicted.
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
  std::optional<Divergence> diverged;  ///< the earliest one
};

struct CoordinateCheckSettings {
  std::vector<int64_t> widths;  ///< increasing
  int64_t seeds = 1;            ///< networks of each width
  uint64_t seed = 1;            ///< of the first
  int threads = 0;              ///< 0: all cores
  Patience patience = {};
};

/// Trains networks of each width in the interpreter. Works in every regime: a network that diverges is measured up to
/// there, and the earliest divergence is reported as an error, unless the program is unstable: its numbers are to grow.
/// Empty if networks do not fit into memory, which is in the problem's diagnostics. `analysis`: of `training_step`.
std::optional<CoordinateCheck> check_coordinates(const Problem& problem, const ir::tp::Module& training_step,
                                                 const passes::WidthAnalysis& analysis,
                                                 const CoordinateCheckSettings& settings);

}  // namespace tpc::evaluation
