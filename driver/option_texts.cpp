#include "driver/option_texts.h"

#include <CLI/Error.hpp>
#include <algorithm>
#include <sstream>

namespace tpc::driver {

using evaluation::RecordOption;
using evaluation::RecordRule;

std::optional<std::vector<int64_t>> widths_from_text(std::string_view text) {
  std::vector<int64_t> widths;
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    const auto width = allowed_widths.read(text.substr(0, comma));
    if (!width) return std::nullopt;
    widths.push_back(*width);
    if (comma == text.size()) return widths;
    text.remove_prefix(comma + 1);
  }
}

std::optional<std::pair<std::string, std::string>> assignment_from_text(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) return std::nullopt;
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

std::map<std::string, std::string> assignments(const std::vector<std::string>& texts, const std::string& option,
                                               const std::string& form) {
  std::map<std::string, std::string> result;
  for (const std::string& text : texts) {
    const auto assignment = assignment_from_text(text);
    if (!assignment) throw CLI::ValidationError(option, "expected " + form + ", not " + text);
    result[assignment->first] = assignment->second;
  }
  return result;
}

std::optional<Variant> variant_from_text(const std::string& text) {
  const size_t colon = text.find(':');
  if (colon == 0 || colon == std::string::npos) return std::nullopt;
  Variant variant;
  variant.name = text.substr(0, colon);
  std::istringstream words(text.substr(colon + 1));
  for (std::string word; words >> word;) {
    auto assignment = assignment_from_text(word);
    if (!assignment) return std::nullopt;
    if (assignment->first == "param") {
      variant.parametrization = assignment->second;
    } else {
      variant.values[assignment->first] = assignment->second;
    }
  }
  return variant;
}

std::optional<RecordOption> parse_record_option(const std::string& text) {
  if (text == "all") return RecordOption{RecordRule::all, 1};
  if (text == "epoch") return RecordOption{RecordRule::epoch, 1};
  if (text == "final") return RecordOption{RecordRule::final_step, 1};
  if (!text.starts_with("every=")) return {};
  RecordOption option{RecordRule::every, 0};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 6, end, option.every);
  if (error != std::errc{} || stop != end || option.every < 1) return {};
  return option;
}

}  // namespace tpc::driver
