/// \file UTF-8, as far as columns, carets and the lexer need it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tpc::diag {

/// The number of bytes (1 to 4) of the code point at `offset`, or 0 if the bytes there are not valid UTF-8 (truncated,
/// overlong, a surrogate, or above U+10FFFF; Unicode 15, table 3-7). Requires offset < text.size().
size_t utf8_length(std::string_view text, size_t offset);

/// The text with U+FFFD in place of what a terminal could obey instead of show: control characters but the end of a
/// line and the tab, those of ISO 6429 (U+0080 to U+009F), marks that reverse the writing direction, broken UTF-8.
std::string printable(std::string_view text);

}  // namespace tpc::diag
