#include "driver/server/positions.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/diag/utf8.h"

namespace tpc::driver::server {

Lines::Lines(std::string_view text, Encoding encoding) : text_(text), encoding_(encoding), starts_{0} {
  for (size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (text[i] == '\n' || (text[i] == '\r' && !pair)) starts_.push_back(i + 1);
  }
}

size_t Lines::units(size_t offset) const {
  const size_t bytes = std::max<size_t>(1, diag::utf8_length(text_, offset));
  if (encoding_ == Encoding::utf8) return bytes;
  return bytes == 4 ? 2 : 1;  // beyond U+FFFF: a surrogate pair
}

size_t Lines::end_of_line(size_t line) const {
  if (line + 1 == starts_.size()) return text_.size();
  size_t end = starts_[line + 1] - 1;
  if (text_[end] == '\n' && end > starts_[line] && text_[end - 1] == '\r') --end;
  return end;
}

/// Characters are counted by their first bytes: a plain count stays fast on a line of megabytes.
Position Lines::position(size_t offset) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const size_t begin = *std::prev(next);
  Position result{static_cast<size_t>(next - starts_.begin()) - 1, offset - begin};
  if (encoding_ == Encoding::utf8) return result;
  const auto units_begun = [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return size_t{(value & 0xC0U) != 0x80U} + size_t{value >= 0xF0U};
  };
  const std::string_view before = text_.substr(begin, offset - begin);
  result.character = std::transform_reduce(before.begin(), before.end(), size_t{0}, std::plus<>(), units_begun);
  return result;
}

size_t Lines::offset(Position position) const {
  if (position.line >= starts_.size()) return text_.size();
  const size_t end = end_of_line(position.line);
  size_t at = starts_[position.line];
  for (size_t left = position.character; at < end && units(at) <= left;) {
    left -= units(at);
    at += std::max<size_t>(1, diag::utf8_length(text_, at));
  }
  return std::min(at, end);
}

}  // namespace tpc::driver::server
