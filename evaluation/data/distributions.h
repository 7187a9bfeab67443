/// \file What losses of classes compare with: rows of probabilities.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tpc::evaluation {

/// A row that is none, and why: "-0.5 is negative", "the sum is 0.9, not 1".
struct NoDistribution {
  int64_t row = 0;  ///< from 0
  std::string why;
};

/// The first row of values [count, classes] that has a negative number, or whose sum is not one as far as three
/// decimals can say.
std::optional<NoDistribution> first_no_distribution(const double* values, int64_t count, int64_t classes);

}  // namespace tpc::evaluation
