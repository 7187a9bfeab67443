/// \file Whether many numbers are finite.
#pragma once

#include <cstddef>
#include <numeric>

namespace tpc::runtime {

/// 0 x is 0 for finite x only. In sums side by side, each as wide as a vector of the processor: states and fields are
/// looked at in every step.
template <class Real>
bool all_finite(const Real* numbers, std::size_t count) {
  constexpr std::size_t lanes = 64 / sizeof(Real);
  Real zeros[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) zeros[lane] += Real{0} * numbers[i + lane];
  }
  for (; i < count; ++i) zeros[0] += Real{0} * numbers[i];
  return std::accumulate(zeros, zeros + lanes, Real{0}) == Real{0};
}

}  // namespace tpc::runtime
