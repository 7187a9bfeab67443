/// \file Where new independent Gaussians come from: the next unused dimension of a replica's sample points.
#pragma once

#include <cstdint>

#include "runtime/algebra/sample_space.h"
#include "runtime/points/sample_points.h"

namespace tpc::runtime {

class FreshDirections {
 public:
  /// What has been used up; restored when a call's directions are dropped.
  struct Position {
    std::uint64_t dimension = 0;  ///< of SamplePoints
    std::uint64_t renewal = 0;    ///< Gaussians used once and never stored
  };

  explicit FreshDirections(const SamplePoints& points) : points_(&points) {}

  [[nodiscard]] const Position& position() const { return position_; }
  void restore(const Position& position) { position_ = position; }
  [[nodiscard]] tp_method method() const { return points_->options().method; }
  /// Whether the next `count` dimensions are beyond the table of the low-discrepancy sequence (qmc only).
  [[nodiscard]] bool beyond_table(std::size_t count) const {
    return method() == TP_METHOD_QMC && count > 0 &&
           points_->kind(position_.dimension + count - 1) == ColumnKind::philox;
  }

  /// Draws `count` Gaussians that stay, then `renewals` that do not, as rows of `out` ([count + renewals, M]).
  /// Throws TP_CAPACITY (exact method).
  template <class Real>
  void draw(const SampleSpace& space, std::size_t count, std::size_t renewals, Real* out) {
    if (count > 0) points_->require_dimension(position_.dimension + count - 1);
    for_blocks(space, space.algebra_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = 0; i < count; ++i) {
        points_->fill(position_.dimension + i, begin, end, out + i * space.count + begin);
      }
      for (std::size_t i = 0; i < renewals; ++i) {
        points_->fill_renewal(position_.renewal + i, begin, end, out + (count + i) * space.count + begin);
      }
    });
    position_.dimension += count;
    position_.renewal += renewals;
  }

 private:
  const SamplePoints* points_;
  Position position_;
};

}  // namespace tpc::runtime
