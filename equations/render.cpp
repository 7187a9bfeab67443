#include <array>
#include <charconv>
#include <cmath>

#include "equations/markup.h"

namespace tpc::equations::math {
namespace {

/// How tightly a node binds, to place parentheses.
int binding(const Math& m) {
  switch (m.shape) {
    case Shape::plus: return 1;
    case Shape::negate:
    case Shape::sum: return 2;
    case Shape::quotient: return 2;  // "1 / B f" would be ambiguous: parenthesised in products
    case Shape::product: return 3;
    case Shape::power: return 4;
    case Shape::number: return m.value < 0 ? 2 : 5;
    default: return 5;
  }
}

/// The shortest text that reads back as the same number, or as one that differs in the last bits only: these are
/// rounding, 0.15^2 is no 0.022499999999999999.
std::string number_text(double value) {
  constexpr double rounding = 1e-14;
  constexpr int digits = 14;
  constexpr size_t few = 3;  // that many digits less are no sign of a short number
  std::array<char, 32> buffer{};
  auto text = [&](auto... format) {
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...).ptr;
    return std::string(buffer.data(), end);
  };
  const std::string exact = text();
  const std::string rounded = text(std::chars_format::general, digits);
  double read = 0;
  std::from_chars(rounded.data(), rounded.data() + rounded.size(), read);
  return std::fabs(read - value) <= rounding * std::fabs(value) && rounded.size() + few < exact.size() ? rounded
                                                                                                       : exact;
}

Decimal decimal(double value) {
  const std::string text = number_text(value);
  const size_t exponent = text.find('e');
  if (exponent == std::string::npos) return {text, {}, text};
  return {text.substr(0, exponent), std::stoi(text.substr(exponent + 1)), text};
}

bool is_negative(const Math& m) { return m.shape == Shape::negate || (m.shape == Shape::number && m.value < 0); }

/// The walk over the tree.
class Renderer {
 public:
  explicit Renderer(const Markup& markup) : markup_(markup) {}

  std::string render(
      const Math& m) const {  // NOLINT(misc-no-recursion): the tree is as deep as the source's expressions
    const auto part = [&](size_t i) { return render(m.parts[i]); };
    switch (m.shape) {
      case Shape::number: return markup_.number(decimal(m.value));
      case Shape::symbol: return markup_.symbol(m);
      case Shape::sum: return markup_.sum(m.name, inside(m.parts[0], m.parts[0].shape == Shape::sum ? 2 : 3));
      case Shape::expectation: return markup_.expectation(part(0));
      case Shape::derivative: return markup_.derivative(part(0), part(1));
      case Shape::product: return product(m);
      case Shape::plus: return joined_terms(m);
      case Shape::negate: return markup_.negative(inside(m.parts[0], 2));
      case Shape::quotient:
        return markup_.has_fraction_bars() ? markup_.quotient(part(0), part(1))
                                           : markup_.quotient(inside(m.parts[0], 3), inside(m.parts[1], 4));
      case Shape::power: return markup_.power(inside(m.parts[0], 5), m.name);
      case Shape::function: return call(m);
      case Shape::words: return markup_.words(m.name);
    }
    return {};
  }

  /// Of a sum; from the second on with their signs.
  [[nodiscard]] std::vector<std::string> terms(const Math& m) const {  // NOLINT(misc-no-recursion): see render
    std::vector<std::string> result;
    for (const Math& part : m.parts) {
      if (result.empty()) {
        result.push_back(render(part));
      } else {
        result.push_back(markup_.sign(is_negative(part)) +
                         (is_negative(part) ? inside(negate(part), 2) : render(part)));
      }
    }
    return result;
  }

 private:
  [[nodiscard]] std::string inside(const Math& m, int least) const {  // NOLINT(misc-no-recursion): see render
    const std::string text = render(m);
    return binding(m) >= least ? text : markup_.parentheses(text);
  }

  [[nodiscard]] std::string product(const Math& m) const {  // NOLINT(misc-no-recursion): see render
    std::vector<std::string> factors;
    for (size_t i = 0; i < m.parts.size(); ++i) {
      factors.push_back(inside(m.parts[i], i + 1 == m.parts.size() && m.parts[i].shape == Shape::sum ? 2 : 3));
    }
    return markup_.product(factors);
  }

  [[nodiscard]] std::string joined_terms(const Math& m) const {  // NOLINT(misc-no-recursion): see render
    std::string text;
    for (const std::string& term : terms(m)) text += term;
    return text;
  }

  [[nodiscard]] std::string call(const Math& m) const {  // NOLINT(misc-no-recursion): see render
    std::vector<std::string> arguments;
    for (const Math& part : m.parts) arguments.push_back(render(part));
    return markup_.call(m, arguments);
  }

  const Markup& markup_;
};

}  // namespace

std::string render(const Math& m, const Markup& markup) { return Renderer(markup).render(m); }

std::vector<std::string> rendered_terms(const Math& m, const Markup& markup) {
  const Renderer renderer(markup);
  return m.shape == Shape::plus ? renderer.terms(m) : std::vector<std::string>{renderer.render(m)};
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

RangeEnds range_ends(std::string_view range) {
  const size_t between = range.find("..");
  if (between == std::string_view::npos) return {range, {}};
  return {range.substr(0, between), range.substr(between + 2)};
}

std::string render_text(const Math& m) { return render(m, text_markup()); }
std::string render_latex(const Math& m) { return render(m, latex_markup()); }

}  // namespace tpc::equations::math
