/// \file Where new independent Gaussians come from: the next unused dimension of a replica's sample points.
#pragma once

#include <cstdint>

#include "runtime/algebra/sample_space.h"
#include "runtime/points/sample_points.h"

namespace tpc::runtime {

class FreshDirections {
 public:
  explicit FreshDirections(const SamplePoints& points) : points_(&points) {}

  /// The next dimension of SamplePoints; restored when a call's directions are dropped.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  void restore(std::uint64_t position) { position_ = position; }
  [[nodiscard]] tp_method method() const { return points_->options().method; }
  /// Whether the next `count` dimensions are beyond the table of the low-discrepancy sequence (qmc only).
  [[nodiscard]] bool beyond_table(std::size_t count) const {
    return method() == TP_METHOD_QMC && count > 0 && points_->kind(position_ + count - 1) == ColumnKind::philox;
  }

  /// Draws `count` Gaussians, as rows of `out` ([count, M]). Throws TP_CAPACITY (exact method).
  template <class Real>
  void draw(const SampleSpace& space, std::size_t count, Real* out) {
    if (count > 0) points_->require_dimension(position_ + count - 1);
    for_blocks(space, space.algebra_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = 0; i < count; ++i) {
        points_->fill(position_ + i, begin, end, out + i * space.count + begin);
      }
    });
    position_ += count;
  }

 private:
  const SamplePoints* points_;
  std::uint64_t position_ = 0;
};

}  // namespace tpc::runtime
