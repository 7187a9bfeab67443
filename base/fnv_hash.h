/// \file The hash FNV-1a of 64 bits (Fowler, Noll, Vo): the same on every machine, unlike std::hash. For names and for
/// files that were mixed up, not for forgeries.
#pragma once

#include <cstdint>
#include <string_view>

namespace tpc {

class FnvHash {
 public:
  void add(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3u; }
  void add_bytes(std::string_view bytes) {
    for (const char byte : bytes) add(static_cast<unsigned char>(byte));
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325u;
};

}  // namespace tpc
