/// \file Indices drawn by how often they occur: what a word is told apart from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/sources/draws.h"

namespace tpc::evaluation {

/// Draws from the distribution proportional to count^power by Walker's alias method (Vose, "A linear algorithm for
/// generating random numbers with a given distribution", 1991): one random number a draw.
class NegativeSampler {
 public:
  /// Precondition: counts >= 0, not all of them 0; power is finite.
  NegativeSampler(std::span<const std::int64_t> counts, double power, std::uint64_t seed);

  /// Draws `wanted` indices and appends those that are not `word`: a draw equal to it is dropped, not repeated. A
  /// function of (seed, epoch, place, word): `place` numbers the example, in a text by its position.
  void draw(std::uint64_t place, std::int64_t epoch, std::int32_t word, std::int64_t wanted,
            std::vector<std::int32_t>& out) const;

  /// The index that a random number stands for.
  [[nodiscard]] std::int32_t index(std::uint64_t bits) const {
    const auto [entry, rest] = scaled(bits, entries_.size());
    return rest < entries_[entry].threshold ? static_cast<std::int32_t>(entry) : entries_[entry].alias;
  }

 private:
  struct Entry {
    std::uint64_t threshold = 0;  ///< 2^64 times the probability that an entry stands for itself
    std::int32_t alias = 0;
  };
  std::vector<Entry> entries_;
  std::uint64_t seed_;
};

}  // namespace tpc::evaluation
