#include "driver/option_texts.h"

#include <CLI/Error.hpp>
#include <algorithm>
#include <cmath>
#include <sstream>

#include "fmt/format.h"

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

namespace {

std::string between(double first, double last, bool logarithmic, double share) {
  const double value =
      logarithmic ? std::exp(std::log(first) + share * std::log(last / first)) : first + share * (last - first);
  return fmt::format("{:.6g}", value);
}

/// "0.01..1:20log"
std::optional<std::vector<std::string>> values_of_range(const std::string& text) {
  const size_t dots = text.find(".."), colon = text.find(':');
  if (colon == std::string::npos || colon < dots || text.size() < colon + 4) return std::nullopt;
  const std::string first_text = text.substr(0, dots), last_text = text.substr(dots + 2, colon - dots - 2);
  const std::string kind = text.substr(text.size() - 3);
  const auto first = number_from_text<double>(first_text), last = number_from_text<double>(last_text);
  const auto count =
      Integers<int64_t>{2, most_points}.read(std::string_view(text).substr(colon + 1, text.size() - colon - 4));
  const bool logarithmic = kind == "log";
  if (!first || !last || !count || (!logarithmic && kind != "lin")) return std::nullopt;
  if (!std::isfinite(*first) || !std::isfinite(*last) || (logarithmic && (*first <= 0.0 || *last <= 0.0))) {
    return std::nullopt;
  }
  std::vector<std::string> values = {first_text};
  for (int64_t i = 1; i + 1 < *count; ++i) {
    values.push_back(between(*first, *last, logarithmic, static_cast<double>(i) / static_cast<double>(*count - 1)));
  }
  values.push_back(last_text);
  return values;
}

}  // namespace

std::optional<std::vector<std::string>> swept_values(const std::string& text) {
  if (text.find("..") != std::string::npos) return values_of_range(text);
  auto values = words_from_text(text);
  if (!values || static_cast<int64_t>(values->size()) > most_points) return std::nullopt;
  const bool numbers = std::ranges::all_of(
      *values, [](const std::string& value) { return number_from_text<double>(value).has_value(); });
  return numbers || values->size() == 1 ? values : std::nullopt;
}

std::optional<std::vector<std::string>> words_from_text(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    if (comma == 0) return std::nullopt;
    words.emplace_back(text.substr(0, comma));
    if (comma == text.size()) return words;
    text.remove_prefix(comma + 1);
  }
}

std::optional<std::pair<std::string, std::string>> assignment_from_text(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) return std::nullopt;
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

std::pair<std::string, std::string> assignment(const std::string& text, const std::string& option,
                                               const std::string& form) {
  auto result = assignment_from_text(text);
  if (!result) throw CLI::ValidationError(option, "expected " + form + ", not " + text);
  return *result;
}

std::map<std::string, std::string> assignments(const std::vector<std::string>& texts, const std::string& option,
                                               const std::string& form) {
  std::map<std::string, std::string> result;
  for (const std::string& text : texts) {
    const auto [name, value] = assignment(text, option, form);
    result[name] = value;
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
