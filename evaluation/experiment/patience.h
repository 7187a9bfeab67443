/// \file How long widths may take that nobody asked for.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "base/stopwatch.h"

namespace tpc::evaluation {

/// Of an experiment over increasing widths: no width is begun that would go beyond so many seconds, by what the width
/// before it took. The first is always begun.
class Patience {
 public:
  Patience() = default;  ///< without end
  explicit Patience(double seconds) : seconds_(seconds) {}

  /// Whether a width is to be begun; call it before each of them.
  bool allows(int64_t width) {
    const double now = watch_.seconds(), last = now - begun_;
    // Products of matrices alone grow with the square of the width; much else takes as long as before.
    const double next =
        width_ == 0 ? 0.0 : last * std::pow(static_cast<double>(width) / static_cast<double>(width_), 1.6);
    if (width_ > 0 && now - start_ + next > seconds_) return false;
    if (width_ == 0) start_ = now;
    width_ = width;
    begun_ = now;
    return true;
  }

 private:
  double seconds_ = std::numeric_limits<double>::infinity();
  Stopwatch watch_;
  double start_ = 0.0, begun_ = 0.0;
  int64_t width_ = 0;
};

}  // namespace tpc::evaluation
