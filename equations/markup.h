/// \file One format of printed mathematics: how the parts of a formula are put together. What the parts are, and where
/// parentheses stand, is the same in all formats (render.cpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "equations/math.h"

namespace tpc::equations::math {

/// The decimal form of a number: mantissa times ten to the exponent.
struct Decimal {
  std::string mantissa;
  std::optional<int> exponent;
  std::string written;  ///< "1e-20"
};

/// Texts that are given are in the format already, but for names, ranges and index letters.
class Markup {
 public:
  Markup() = default;
  virtual ~Markup() = default;
  Markup(const Markup&) = delete;
  Markup& operator=(const Markup&) = delete;

  [[nodiscard]] virtual std::string number(const Decimal& number) const = 0;
  [[nodiscard]] virtual std::string symbol(const Math& symbol) const = 0;
  [[nodiscard]] virtual std::string sum(const std::string& range, const std::string& body) const = 0;
  [[nodiscard]] virtual std::string expectation(const std::string& body) const = 0;
  [[nodiscard]] virtual std::string derivative(const std::string& of, const std::string& by) const = 0;
  [[nodiscard]] virtual std::string quotient(const std::string& above, const std::string& below) const = 0;
  /// Whether a quotient needs no parentheses inside: a fraction bar says what belongs together.
  [[nodiscard]] virtual bool has_fraction_bars() const { return true; }
  [[nodiscard]] virtual std::string power(const std::string& base, const std::string& exponent) const = 0;
  [[nodiscard]] virtual std::string call(const Math& function, const std::vector<std::string>& arguments) const = 0;
  [[nodiscard]] virtual std::string words(const std::string& text) const = 0;
  [[nodiscard]] virtual std::string parentheses(const std::string& inside) const = 0;
  [[nodiscard]] virtual std::string product(const std::vector<std::string>& factors) const = 0;
  [[nodiscard]] virtual std::string negative(const std::string& term) const = 0;
  /// The sign before a further term of a sum.
  [[nodiscard]] virtual std::string sign(bool negative) const = 0;
};

const Markup& text_markup();
const Markup& latex_markup();
const Markup& mathml_markup();

std::string render(const Math& m, const Markup& markup);
/// The terms of a sum, from the second on with their signs; of anything else the whole.
std::vector<std::string> rendered_terms(const Math& m, const Markup& markup);

/// "t,i".
std::string joined(const std::vector<std::string>& parts);

/// The ends of a range, l=2..64: what stands below a sum, and above it (empty: nothing, as in s<t).
struct RangeEnds {
  std::string_view below, above;
};
RangeEnds range_ends(std::string_view range);

}  // namespace tpc::equations::math
