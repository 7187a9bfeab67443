/// \file The matrix of all pairs of points, cut into square blocks of equal size; of a symmetric one the upper half.
#pragma once

#include <cstddef>
#include <vector>

namespace tpc::runtime {

/// Points [begin, begin + count) of one side; a block is evaluated with `size` points, the last one repeated.
struct BlockSide {
  std::size_t begin, count;
};

class PairBlocks {
 public:
  /// other_count 0: symmetric. `limit`: the most points a side of a block.
  PairBlocks(std::size_t count, std::size_t other_count, std::size_t limit);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool symmetric() const { return symmetric_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  struct Pair {
    BlockSide row, column;
  };
  [[nodiscard]] const std::vector<Pair>& pairs() const { return pairs_; }

  /// Copies what belongs to the matrix from block [size, size, numbers] to out [rows, columns, numbers], and mirrors
  /// it.
  void place(const Pair& pair, const double* block, std::size_t numbers, double* out) const;

 private:
  std::size_t rows_, columns_, size_;
  bool symmetric_;
  std::vector<Pair> pairs_;
};

}  // namespace tpc::runtime
