/// \file Counter-based random bits: every number is a pure function of (seed, replica, purpose, dimension, index), so
/// columns can be made in any order, by any thread, and again (Salmon et al., "Parallel random numbers: as easy as 1,
/// 2, 3", SC 2011; Random123's Philox 4x32-10).
#pragma once

#include <Random123/philox.h>

#include <Random123/uniform.hpp>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

namespace tpc::runtime {

/// What the numbers are used for; different purposes never share a number.
enum class RandomPurpose : std::uint32_t {
  scrambling = 1,
  column = 2,
  rotation = 3,
  scalar = 4,
  initial_function = 5,
  noise = 6
};

class PhiloxStream {
 public:
  PhiloxStream(std::uint64_t seed, std::uint32_t replica, RandomPurpose purpose, std::uint64_t dimension)
      : key_{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}},
        replica_and_purpose_(replica << 3 | static_cast<std::uint32_t>(purpose)),
        dimension_(dimension) {}

  /// 128 random bits number `index` of this stream. `index` < 2^32, `dimension` < 2^64, `replica` < 2^29.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> bits(std::uint32_t index) const {
    const r123::Philox4x32::ctr_type counter = {{index, static_cast<std::uint32_t>(dimension_),
                                                 static_cast<std::uint32_t>(dimension_ >> 32), replica_and_purpose_}};
    const r123::Philox4x32::ctr_type word = r123::Philox4x32{}(counter, key_);
    return {std::uint64_t{word[1]} << 32 | word[0], std::uint64_t{word[3]} << 32 | word[2]};
  }

 private:
  r123::Philox4x32::key_type key_;
  std::uint32_t replica_and_purpose_;
  std::uint64_t dimension_;
};

/// Standard normals in blocks of four, a pure function of (seed, stream, block): what networks of finite width are
/// drawn from (Philox 4x64-10). 64-bit block numbers: the entries of one n x n matrix can be more than 2^32.
class PhiloxNormals {
 public:
  static constexpr std::size_t block_size = 4;

  PhiloxNormals(std::uint64_t seed, std::uint64_t stream) : key_{{seed, stream}} {}

  /// By the Box-Muller transform (1958) of four uniforms.
  [[nodiscard]] std::array<double, block_size> block(std::uint64_t index) const {
    const r123::Philox4x64::ctr_type bits = r123::Philox4x64()({{index, 0, 0, 0}}, key_);
    std::array<double, block_size> result{};
    for (std::size_t pair = 0; pair < block_size; pair += 2) {
      const double radius = std::sqrt(-2.0 * std::log(r123::u01<double>(bits[pair])));
      const double angle = std::numbers::pi * r123::uneg11<double>(bits[pair + 1]);
      result[pair] = radius * std::cos(angle);
      result[pair + 1] = radius * std::sin(angle);
    }
    return result;
  }

 private:
  r123::Philox4x64::key_type key_;
};

}  // namespace tpc::runtime
