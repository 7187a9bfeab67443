/// \file A place in a source text: byte offsets [begin, end). Lives in diag so that both ends of the compiler share it.
#pragma once

#include <cstdint>

namespace tpc {

struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace tpc
