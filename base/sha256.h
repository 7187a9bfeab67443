/// \file SHA-256 (FIPS 180-4), as `sha256sum` prints it: what results say of the files they come from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tpc {

class Sha256 {
 public:
  void add(std::string_view bytes);
  /// Of all that was added, 64 hexadecimal digits; nothing is added later.
  [[nodiscard]] std::string hex();

 private:
  void add_block(const unsigned char* block);

  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> block_{};
  size_t filled_ = 0;    ///< bytes of block_
  uint64_t length_ = 0;  ///< bytes in all
};

std::string sha256(std::string_view bytes);

}  // namespace tpc
