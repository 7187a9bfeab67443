/// \file What words of the command line say: numbers, assignments, lists.
#pragma once

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/options.h"

namespace tpc::driver {

/// The whole text as one number; nothing: it is none, or beyond the type's range.
template <class Number>
std::optional<Number> number_from_text(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Whole numbers from `least` to `most`.
template <class Integer>
struct Integers {
  Integer least, most;

  [[nodiscard]] std::optional<Integer> read(std::string_view text) const {
    const auto number = number_from_text<Integer>(text);
    return number && *number >= least && *number <= most ? number : std::nullopt;
  }
  [[nodiscard]] std::string range() const { return std::to_string(least) + " to " + std::to_string(most); }
};

inline constexpr Integers<int64_t> allowed_widths{1, 1 << 20};
inline constexpr Integers<int64_t> allowed_seeds{1, 1 << 20};

/// "8,16": nothing if a part is none.
std::optional<std::vector<int64_t>> widths_from_text(std::string_view text);

/// "NAME=VALUE"; nothing: a side is missing.
std::optional<std::pair<std::string, std::string>> assignment_from_text(const std::string& text);

/// What a sweep may be of, in points of one axis and in all.
inline constexpr int64_t most_points = 10000;

/// "0.01..1:20log" and "1..5:5lin" (both ends are among the values, those between have six digits), "0.1,0.2" or one
/// value. Nothing: it is none of that, has more than most_points values, or a logarithm of what is not above 0.
std::optional<std::vector<std::string>> swept_values(const std::string& text);

/// "sp,mup": nothing if a part is empty.
std::optional<std::vector<std::string>> words_from_text(std::string_view text);

/// The same; throws CLI::ValidationError, which says the `option` and its `form`.
std::pair<std::string, std::string> assignment(const std::string& text, const std::string& option,
                                               const std::string& form);

/// Throws CLI::ValidationError, which says the `option` and its `form`.
std::map<std::string, std::string> assignments(const std::vector<std::string>& texts, const std::string& option,
                                               const std::string& form);

/// "NTK: param=ntp sigma=1"; nothing: no name, or a word that is no assignment.
std::optional<Variant> variant_from_text(const std::string& text);

/// "all", "epoch", "final", "every=K"; empty for anything else.
std::optional<evaluation::RecordOption> parse_record_option(const std::string& text);

}  // namespace tpc::driver
