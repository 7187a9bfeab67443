/// \file The finite stand-in for L^2 of the probability space: M weighted points, cut into fixed blocks. The blocks,
/// and the order in which their sums are added, depend on M only: results do not depend on the number of threads.
#pragma once

#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tpc::runtime {

struct SampleSpace {
  std::size_t count = 0;        ///< M, a multiple of 64
  double uniform_weight = 1.0;  ///< of every point, if `weights` is empty
  std::vector<double> weights;  ///< quadrature: [M]

  /// Points in a block of dense algebra and of a compiled kernel; multiples of 64, at most 32 and 64 blocks.
  [[nodiscard]] std::size_t algebra_block() const { return block_length(1024, 32); }
  [[nodiscard]] std::size_t kernel_block(std::size_t least = 512) const {
    return block_length((least + 63) / 64 * 64, 64);
  }
  [[nodiscard]] std::size_t block_count(std::size_t length) const { return (count + length - 1) / length; }

 private:
  [[nodiscard]] std::size_t block_length(std::size_t least, std::size_t most_blocks) const {
    const std::size_t even = (count + most_blocks - 1) / most_blocks;
    return std::max(least, (even + 63) / 64 * 64);
  }
};

/// body(block, begin, end) for all blocks of `length` points, on the threads of the calling arena.
template <class Body>
void for_blocks(const SampleSpace& space, std::size_t length, const Body& body) {
  const std::size_t blocks = space.block_count(length);
  const auto one = [&](std::size_t block) { body(block, block * length, std::min(space.count, (block + 1) * length)); };
  if (blocks == 1) return one(0);
  tbb::parallel_for(std::size_t{0}, blocks, std::size_t{1}, one, tbb::simple_partitioner());
}

}  // namespace tpc::runtime
