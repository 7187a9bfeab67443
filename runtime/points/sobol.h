/// \file Sobol points, one dimension at a time, with nested uniform (Owen) scrambling.
///
/// Point i of dimension j is the XOR of the direction numbers v_{j,b} over the set bits b of i (natural order; Joe and
/// Kuo 2008, the table shipped with Boost.Random). Scrambling: the hash of Laine and Karras on the bit-reversed point,
/// as in B. Burley, "Practical Hash-based Owen Scrambling", JCGT 9(4), 2020; below the 32nd bit the bits of a nested
/// uniform scrambling are independent of each other for distinct points, and come from an ordinary hash.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tpc::runtime {

/// Dimensions with direction numbers; dimension < sobol_dimensions() below.
std::size_t sobol_dimensions();

/// One scrambled dimension of the sequence; at most 2^32 points.
class SobolColumn {
 public:
  /// `scramble`: 128 random bits of this dimension and replica.
  SobolColumn(std::size_t dimension, std::uint64_t scramble_high, std::uint64_t scramble_low);

  /// Points begin..end-1 as fractions of 2^64.
  void fill(std::uint32_t begin, std::uint32_t end, std::uint64_t* out) const;

 private:
  static constexpr std::uint32_t low_bits = 8;
  std::uint32_t reversed_direction_[32];  ///< bit-reversed v_b
  std::uint32_t low_[1u << low_bits];     ///< XORs over the low bits of i
  std::uint32_t seed_[4];
};

/// Points begin..end-1 without scrambling, as fractions of 2^32 (the test's oracle for what scrambling keeps).
void fill_unscrambled_sobol(std::size_t dimension, std::uint32_t begin, std::uint32_t end, std::uint32_t* out);

}  // namespace tpc::runtime
