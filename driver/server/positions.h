/// \file Places in a text as the protocol counts them: lines from 0, which end at "\n", "\r\n" or "\r", and in them
/// units of UTF-16, or bytes where the client can read those.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/diag/span.h"

namespace tpc::driver::server {

enum class Encoding { utf8, utf16 };

struct Position {
  size_t line = 0, character = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// The lines of a text, which has to stay where it is.
class Lines {
 public:
  Lines(std::string_view text, Encoding encoding);

  /// Precondition: an offset of the text, or its size.
  [[nodiscard]] Position position(size_t offset) const;
  /// A position beyond the end of its line is the end; one inside of a character is its beginning.
  [[nodiscard]] size_t offset(Position position) const;

 private:
  /// Of the code point at this byte.
  [[nodiscard]] size_t units(size_t offset) const;
  [[nodiscard]] size_t end_of_line(size_t line) const;

  std::string_view text_;
  Encoding encoding_;
  std::vector<size_t> starts_;
};

}  // namespace tpc::driver::server
