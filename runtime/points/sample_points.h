/// \file The sample points of one replica: standard Gaussian random variables, one dimension at a time, by their values
/// at M points (math.md 6a-6c).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/points/node_set.h"
#include "tpc/runtime.h"

namespace tpc::runtime {

struct PointOptions {
  tp_method method = TP_METHOD_QMC;
  std::size_t count = 0;  ///< M, a multiple of 64 (qmc: a power of two)
  std::uint64_t seed = 0;
  std::uint32_t replica = 0;
  std::shared_ptr<const NodeSet> nodes;  ///< quadrature: at most M; null: none can be drawn
};

/// How the values of a dimension are made.
enum class ColumnKind { sobol, philox, node, coordinate };

class SamplePoints {
 public:
  explicit SamplePoints(PointOptions options) : options_(std::move(options)) {}

  [[nodiscard]] const PointOptions& options() const { return options_; }
  [[nodiscard]] ColumnKind kind(std::uint64_t dimension) const;
  /// Throws TP_CAPACITY if there is no dimension `dimension` (exact: it is coordinate dimension + 1).
  void require_dimension(std::uint64_t dimension) const;

  /// Values of dimension `dimension` at points begin..end-1.
  template <class Real>
  void fill(std::uint64_t dimension, std::size_t begin, std::size_t end, Real* out) const;

  /// Standard normals number begin..end-1 of a sequence that is independent, whatever the method, of the dimensions and
  /// of every other `sequence`. begin is even.
  template <class Real>
  void fill_noise(std::uint64_t sequence, std::size_t begin, std::size_t end, Real* out) const;

 private:
  PointOptions options_;
};

}  // namespace tpc::runtime
