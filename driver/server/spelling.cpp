#include "driver/server/spelling.h"

#include <cctype>

namespace tpc::driver::server {
namespace {

/// Letters, digits, `_`, and whatever is beyond ASCII: Greek letters and subscripts.
bool is_in_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0 || byte == '_';
}

}  // namespace

Span word_around(std::string_view text, uint32_t offset) {
  Span word{offset, offset};
  while (word.begin > 0 && is_in_word(text[word.begin - 1])) --word.begin;
  while (word.end < text.size() && is_in_word(text[word.end])) ++word.end;
  return word;
}

}  // namespace tpc::driver::server
