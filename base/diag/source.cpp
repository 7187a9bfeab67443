#include <algorithm>

#include "base/diag/check.h"
#include "base/diag/diagnostic.h"

namespace tpc::diag {

Source::Source(std::string name, std::string text, uint32_t first)
    : name_(std::move(name)), text_(std::move(text)), first_(first) {
  TPC_CHECK(text_.size() < UINT32_MAX - first, "source texts have less than 4 GiB");
  line_starts_.push_back(0);
  for (size_t offset = 0; offset < text_.size(); ++offset) {
    if (text_[offset] == '\n') line_starts_.push_back(static_cast<uint32_t>(offset + 1));
  }
}

const Source& Source::of(Span span) const {
  const auto holds = [&](const auto& other) {
    return span.begin >= other->first_ && span.begin - other->first_ <= other->text_.size();
  };
  const auto other = std::ranges::find_if(others_, holds);
  return other != others_.end() ? **other : *this;
}

Source::Position Source::position(uint32_t offset) const {
  offset = std::min(offset - std::min(offset, first_), static_cast<uint32_t>(text_.size()));
  const auto next_line = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  // Code points are counted by their first bytes: a plain count stays fast on a line of megabytes.
  const auto begins_code_point = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; };
  const char* const text = text_.data();
  Position result;
  result.line = static_cast<int>(next_line - line_starts_.begin());
  result.column += static_cast<int>(std::count_if(text + *std::prev(next_line), text + offset, begins_code_point));
  return result;
}

std::string_view Source::line(int number) const {
  TPC_CHECK(number >= 1 && static_cast<size_t>(number) <= line_starts_.size(), "line number out of range");
  const auto index = static_cast<size_t>(number);
  const size_t begin = line_starts_[index - 1];
  size_t end = index < line_starts_.size() ? line_starts_[index] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

}  // namespace tpc::diag
