/// \file A growing list of random variables, each a row of M values: chunks that never move, so that appending costs
/// one row and dense products see long pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "runtime/support/aligned_buffer.h"

namespace tpc::runtime {

/// `count` random variables; variable i has its values at data + i * stride.
template <class Real>
struct Rows {
  const Real* data;
  std::size_t count;
  std::size_t stride;
};

template <class Real>
using RowList = std::vector<Rows<Real>>;

template <class Real>
std::size_t row_count(const RowList<Real>& list) {
  std::size_t count = 0;
  for (const Rows<Real>& rows : list) count += rows.count;
  return count;
}

template <class Real>
class RowStore {
 public:
  explicit RowStore(std::size_t samples) : stride_(samples + 64 / sizeof(Real)) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  /// From one row to the next, within a chunk.
  [[nodiscard]] std::size_t stride() const { return stride_; }
  [[nodiscard]] Real* row(std::size_t i) { return chunks_[i / chunk_rows].data() + i % chunk_rows * stride_; }
  [[nodiscard]] const Real* row(std::size_t i) const {
    return chunks_[i / chunk_rows].data() + i % chunk_rows * stride_;
  }
  /// A new row, not initialised. Throws std::bad_alloc.
  Real* append() {
    if (size_ == chunks_.size() * chunk_rows) chunks_.emplace_back(chunk_rows * stride_);
    return row(size_++);
  }
  /// Forgets all rows from `size` on; their memory is used again.
  void truncate(std::size_t size) { size_ = size; }

  /// Adds rows begin..end-1 to the list.
  void list(std::size_t begin, std::size_t end, RowList<Real>& out) const {
    while (begin < end) {
      const std::size_t in_chunk = std::min(end, (begin / chunk_rows + 1) * chunk_rows) - begin;
      out.push_back({row(begin), in_chunk, stride_});
      begin += in_chunk;
    }
  }

 private:
  static constexpr std::size_t chunk_rows = 64;
  std::size_t stride_;  ///< not a multiple of a page: rows of a chunk fall into different cache sets
  std::size_t size_ = 0;
  std::vector<AlignedBuffer<Real>> chunks_;
};

}  // namespace tpc::runtime
