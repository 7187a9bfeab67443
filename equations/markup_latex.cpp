#include <cctype>

#include "equations/markup.h"
#include "equations/names.h"

namespace tpc::equations::math {
namespace {

/// Index letters: Greek ones by their commands.
std::string latex_letters(std::string text) {
  text = plain_digits(std::move(text));
  for (const Greek& letter : greek_letters()) {
    for (size_t at = text.find(letter.utf8); at != std::string::npos; at = text.find(letter.utf8)) {
      text.replace(at, letter.utf8.size(), "{" + std::string(letter.command) + "}");
    }
  }
  constexpr std::string_view at_most = "≤";
  if (const size_t at = text.find(at_most); at != std::string::npos) text.replace(at, at_most.size(), "\\le ");
  return text;
}

std::string letter_command(const std::string& letter) {
  for (const Greek& greek : greek_letters()) {
    if (letter == greek.utf8) return std::string(greek.command);
  }
  return letter;
}

std::string latex_of(const std::vector<NamePart>& parts);

std::string latex_of(const NamePart& part) {  // NOLINT(misc-no-recursion): as deep as the name
  std::string text;
  switch (part.kind) {
    case NamePart::Kind::letter: text = letter_command(part.text); break;
    case NamePart::Kind::word: text = "\\mathit{" + latex_words(part.text) + "}"; break;
    case NamePart::Kind::space: text = "\\,"; break;
    case NamePart::Kind::transpose: text = "\\top"; break;
    case NamePart::Kind::group: text = "{" + latex_of(part.inside) + "}"; break;
    case NamePart::Kind::digits:
    case NamePart::Kind::literal:
    case NamePart::Kind::bracket: text = part.text; break;
  }
  if (!part.index.empty()) text += "_{" + latex_of(part.index) + "}";
  if (!part.superscript.empty()) text += "^{" + latex_of(part.superscript) + "}";
  return text;
}

std::string latex_of(const std::vector<NamePart>& parts) {  // NOLINT(misc-no-recursion): as deep as the name
  std::string text;
  for (const NamePart& part : parts) text += latex_of(part);
  return text;
}

class LatexMarkup final : public Markup {
 public:
  [[nodiscard]] std::string number(const Decimal& number) const override {
    if (!number.exponent) return number.mantissa;
    return number.mantissa + "\\cdot 10^{" + std::to_string(*number.exponent) + "}";
  }
  [[nodiscard]] std::string symbol(const Math& m) const override {
    return (m.accent.empty() ? "{" + latex_name(m.name) + "}" : accent(m.accent) + "^{" + latex_name(m.name) + "}") +
           index(m);
  }
  [[nodiscard]] std::string sum(const std::string& range, const std::string& body) const override {
    const RangeEnds ends = range_ends(range);
    if (ends.above.empty()) return "\\sum_{" + latex_letters(range) + "} " + body;
    return "\\sum_{" + std::string(ends.below) + "}^{" + std::string(ends.above) + "} " + body;
  }
  [[nodiscard]] std::string expectation(const std::string& body) const override {
    return "\\mathbb{E}\\left[" + body + "\\right]";
  }
  [[nodiscard]] std::string derivative(const std::string& of, const std::string& by) const override {
    return "\\frac{\\partial " + of + "}{\\partial " + by + "}";
  }
  [[nodiscard]] std::string quotient(const std::string& above, const std::string& below) const override {
    return "\\frac{" + above + "}{" + below + "}";
  }
  [[nodiscard]] std::string power(const std::string& base, const std::string& exponent) const override {
    return "{" + base + "}^{" + exponent + "}";  // braces: a symbol may carry a superscript already
  }
  [[nodiscard]] std::string call(const Math& m, const std::vector<std::string>& arguments) const override {
    std::string list;
    for (const std::string& argument : arguments) list += (list.empty() ? "" : ", ") + argument;
    return "\\operatorname{" + latex_words(m.name) + "}" + index(m) + parentheses(list);
  }
  [[nodiscard]] std::string words(const std::string& text) const override {
    return "\\text{" + latex_words(text) + "}";
  }
  [[nodiscard]] std::string parentheses(const std::string& inside) const override {
    return "\\left(" + inside + "\\right)";
  }
  [[nodiscard]] std::string product(const std::vector<std::string>& factors) const override {
    std::string text;
    for (const std::string& factor : factors) text += (text.empty() ? "" : " \\, ") + factor;
    return text;
  }
  [[nodiscard]] std::string negative(const std::string& term) const override { return "-" + term; }
  [[nodiscard]] std::string sign(bool negative) const override { return negative ? " - " : " + "; }

 private:
  static std::string accent(const std::string& accent) {
    if (accent == "hatZ") return "\\hat Z";
    if (accent == "dotZ") return "\\dot Z";
    return accent;
  }
  static std::string index(const Math& m) {
    return m.subscripts.empty() ? "" : "_{" + latex_letters(joined(m.subscripts)) + "}";
  }
};

std::string escaped(const std::string& given) {
  std::string result;
  for (char c : plain_digits(given)) {
    switch (c) {
      case '_':
      case '%':
      case '&':
      case '#':
      case '$':
      case '{':
      case '}': result += std::string("\\") + c; break;
      case '<':
      case '>':
      case '|': result += std::string("\\ensuremath{") + c + "}"; break;
      case '^': result += "\\^{}"; break;
      case '\\': result += "\\textbackslash{}"; break;
      case '~': result += "\\~{}"; break;
      default: result += c;
    }
  }
  for (const Greek& letter : greek_letters()) {
    for (size_t at = result.find(letter.utf8); at != std::string::npos; at = result.find(letter.utf8)) {
      result.replace(at, letter.utf8.size(), "\\ensuremath{" + std::string(letter.command) + "}");
    }
  }
  return result;
}

/// About how many letters wide: commands and their scripts count as one, braces as nothing.
size_t visible_width(const std::string& latex) {
  size_t width = 0;
  for (size_t i = 0; i < latex.size(); ++i) {
    const char c = latex[i];
    if (c == '\\') {
      while (i + 1 < latex.size() && std::isalpha(static_cast<unsigned char>(latex[i + 1])) != 0) ++i;
      ++width;
    } else if (c != '{' && c != '}' && c != '_' && c != '^' && c != ' ') {
      ++width;
    }
  }
  return width;
}

}  // namespace

const Markup& latex_markup() {
  static const LatexMarkup markup;
  return markup;
}

std::string latex_name(const std::string& name) { return latex_of(name_parts(name)); }

std::string latex_words(const std::string& text) {
  std::string result;
  for (const Phrase& phrase : phrases(text)) {
    switch (phrase.kind) {
      case Phrase::Kind::words: result += escaped(phrase.text); break;
      case Phrase::Kind::arrow: result += "\\ensuremath{\\to}"; break;
      case Phrase::Kind::name: result += "\\ensuremath{" + latex_name(phrase.text) + "}"; break;
      case Phrase::Kind::power:
        result += "\\ensuremath{" +
                  (phrase.grouped ? latex_name(phrase.text) + "^{" + phrase.exponent + "}"
                                  : latex_name(phrase.text + "^" + phrase.exponent)) +
                  "}";
        break;
    }
  }
  return result;
}

std::string render_latex_display(const Equation& equation) {
  constexpr size_t line = 90;  // letters
  const std::string left = render_latex(equation.left);
  const bool law = equation.right.shape == Shape::words;
  std::string text = left + (law ? " &:\\quad " : " &= ");
  size_t used = visible_width(left) + 2;
  const size_t indented = used + 4;
  for (const std::string& term : rendered_terms(equation.right, latex_markup())) {
    const size_t width = visible_width(term);
    if (used + width > line && used > indented) {
      text += " \\\\ &\\qquad";
      used = indented;
    }
    text += term;
    used += width;
  }
  if (!equation.remark.empty()) {
    text += used + equation.remark.size() > line ? " \\\\ &\\qquad " : " \\qquad ";
    text += "\\text{(" + latex_words(equation.remark) + ")}";
  }
  return "\\fitted{\\begin{aligned}" + text + "\\end{aligned}}";
}

}  // namespace tpc::equations::math
