/// \file Random choices from data, each a function of numbers alone: a seed, what is chosen, and which one it is.
#pragma once

#include <array>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/points/philox_blocks.h"

namespace tpc::evaluation {

/// What is drawn; different purposes of one seed are independent.
enum class DrawPurpose : std::uint64_t { episode = 1, text_window = 2, negative = 3 };

__extension__ using Wide = unsigned __int128;

/// floor(bits * bound / 2^64), and what is left over: uniform below `bound` and a uniform 64-bit fraction.
inline std::pair<std::uint64_t, std::uint64_t> scaled(std::uint64_t bits, std::uint64_t bound) {
  const Wide product = static_cast<Wide>(bits) * bound;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
}

/// 53 of the bits as a number in [0, 1).
inline double unit_interval(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

/// The numbers of one (seed, purpose, index, pass over the data), one after another.
class Draws {
 public:
  Draws(std::uint64_t seed, DrawPurpose purpose, std::uint64_t index, std::uint64_t pass = 0)
      : blocks_(seed, static_cast<std::uint64_t>(purpose)), index_(index), pass_(pass) {}

  std::uint64_t next() {
    if (used_ == block_.size()) {
      block_ = blocks_.bits(index_, pass_, next_block_++);
      used_ = 0;
    }
    return block_[used_++];
  }

  /// Uniform in [0, bound), exactly (Lemire, "Fast random integer generation in an interval", 2019). bound >= 1.
  std::uint64_t below(std::uint64_t bound) {
    auto [number, rest] = scaled(next(), bound);
    if (rest >= bound) return number;
    const std::uint64_t uneven = (0 - bound) % bound;
    while (rest < uneven) std::tie(number, rest) = scaled(next(), bound);
    return number;
  }

  /// `count` different numbers in [0, bound), in random order: the beginning of a Fisher-Yates shuffle of which only
  /// the displaced entries are kept. count <= bound.
  void distinct(std::int64_t count, std::int64_t bound, std::vector<std::int64_t>& chosen) {
    chosen.clear();
    displaced_.clear();
    for (std::int64_t i = 0; i < count; ++i) {
      const auto j = i + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(bound - i)));
      chosen.push_back(entry(j));
      if (j != i) displaced_.emplace_back(j, entry(i));
    }
  }

 private:
  [[nodiscard]] std::int64_t entry(std::int64_t at) const {
    for (auto found = displaced_.rbegin(); found != displaced_.rend(); ++found) {
      if (found->first == at) return found->second;
    }
    return at;
  }

  runtime::PhiloxBlocks blocks_;
  std::uint64_t index_, pass_;
  std::uint64_t next_block_ = 0;
  std::array<std::uint64_t, runtime::PhiloxBlocks::block_size> block_{};
  std::size_t used_ = runtime::PhiloxBlocks::block_size;
  std::vector<std::pair<std::int64_t, std::int64_t>> displaced_;  ///< place and what stands there now, the last wins
};

}  // namespace tpc::evaluation
