/// \file Random bits by number, for drawing from data: a pure function of (seed, purpose, index, pass, block), so that
/// any part of a stream of tasks or of a text can be made by any thread, and again (Salmon et al., SC 2011; Philox
/// 4x64-10).
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstdint>

namespace tpc::runtime {

class PhiloxBlocks {
 public:
  static constexpr std::size_t block_size = 4;

  /// Different purposes of one seed never share a number.
  PhiloxBlocks(std::uint64_t seed, std::uint64_t purpose) : key_{{seed, purpose}} {}

  [[nodiscard]] std::array<std::uint64_t, block_size> bits(std::uint64_t index, std::uint64_t pass,
                                                           std::uint64_t block) const {
    // The last word sets these apart from the blocks of PhiloxNormals.
    const r123::Philox4x64::ctr_type words = r123::Philox4x64()({{block, index, pass, 1}}, key_);
    return {words[0], words[1], words[2], words[3]};
  }

 private:
  r123::Philox4x64::key_type key_;
};

}  // namespace tpc::runtime
