#include "runtime/pairs/pair_blocks.h"

#include <algorithm>

namespace tpc::runtime {
namespace {

/// Blocks of equal size, a multiple of 8 where they are so large: generated code works on vectors of 8 numbers.
std::size_t block_size(std::size_t points, std::size_t limit) {
  const std::size_t blocks = (points + limit - 1) / limit;
  const std::size_t even = (points + blocks - 1) / blocks;
  return even < 8 ? even : std::min(std::max<std::size_t>(limit, 8), (even + 7) / 8 * 8);
}

}  // namespace

PairBlocks::PairBlocks(std::size_t count, std::size_t other_count, std::size_t limit)
    : rows_(count),
      columns_(other_count == 0 ? count : other_count),
      size_(block_size(std::min(rows_, columns_), limit)),
      symmetric_(other_count == 0) {
  for (std::size_t row = 0; row < rows_; row += size_) {
    for (std::size_t column = symmetric_ ? row : 0; column < columns_; column += size_) {
      pairs_.push_back({{row, std::min(size_, rows_ - row)}, {column, std::min(size_, columns_ - column)}});
    }
  }
}

void PairBlocks::place(const Pair& pair, const double* block, std::size_t numbers, double* out) const {
  const bool diagonal = symmetric_ && pair.row.begin == pair.column.begin;
  for (std::size_t i = 0; i < pair.row.count; ++i) {
    const std::size_t first = diagonal ? i : 0;  // below the diagonal stands the mirror image
    std::copy(block + (i * size_ + first) * numbers, block + (i * size_ + pair.column.count) * numbers,
              out + ((pair.row.begin + i) * columns_ + pair.column.begin + first) * numbers);
  }
  if (!symmetric_) return;
  for (std::size_t j = 0; j < pair.column.count; ++j) {
    double* row = out + ((pair.column.begin + j) * columns_ + pair.row.begin) * numbers;
    const std::size_t end = diagonal ? j : pair.row.count;
    for (std::size_t i = 0; i < end; ++i) {
      for (std::size_t e = 0; e < numbers; ++e) row[i * numbers + e] = block[(i * size_ + j) * numbers + e];
    }
  }
}

}  // namespace tpc::runtime
