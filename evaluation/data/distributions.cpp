#include "evaluation/data/distributions.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fmt/format.h"

namespace tpc::evaluation {

std::optional<NoDistribution> first_no_distribution(const double* values, int64_t count, int64_t classes) {
  const double rounding = 0.0005 * static_cast<double>(std::max<int64_t>(2, classes));
  for (int64_t row = 0; row < count; ++row) {
    const double* const begin = values + row * classes;
    const double lowest = *std::min_element(begin, begin + classes);
    const double sum = std::accumulate(begin, begin + classes, 0.0);
    if (lowest >= 0.0 && std::abs(sum - 1.0) <= rounding) continue;
    return NoDistribution{
        row, lowest < 0.0 ? fmt::format("{:g} is negative", lowest) : fmt::format("the sum is {:g}, not 1", sum)};
  }
  return {};
}

}  // namespace tpc::evaluation
