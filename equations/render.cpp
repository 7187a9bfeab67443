#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string_view>

#include "equations/math.h"

namespace tpc::equations::math {
namespace {

/// Greek letters a user may use in names: the text keeps them, LaTeX needs the command.
struct Greek {
  std::string_view utf8, command;
};
constexpr std::array greek_letters = {
    Greek{"α", "\\alpha"},      Greek{"β", "\\beta"},   Greek{"γ", "\\gamma"},    Greek{"δ", "\\delta"},
    Greek{"ε", "\\varepsilon"}, Greek{"ζ", "\\zeta"},   Greek{"η", "\\eta"},      Greek{"θ", "\\theta"},
    Greek{"ι", "\\iota"},       Greek{"κ", "\\kappa"},  Greek{"λ", "\\lambda"},   Greek{"μ", "\\mu"},
    Greek{"ν", "\\nu"},         Greek{"ξ", "\\xi"},     Greek{"ο", "o"},          Greek{"π", "\\pi"},
    Greek{"ρ", "\\rho"},        Greek{"σ", "\\sigma"},  Greek{"ς", "\\varsigma"}, Greek{"τ", "\\tau"},
    Greek{"υ", "\\upsilon"},    Greek{"φ", "\\varphi"}, Greek{"χ", "\\chi"},      Greek{"ψ", "\\psi"},
    Greek{"ω", "\\omega"},      Greek{"Γ", "\\Gamma"},  Greek{"Δ", "\\Delta"},    Greek{"Θ", "\\Theta"},
    Greek{"Λ", "\\Lambda"},     Greek{"Ξ", "\\Xi"},     Greek{"Π", "\\Pi"},       Greek{"Σ", "\\Sigma"},
    Greek{"Φ", "\\Phi"},        Greek{"Ψ", "\\Psi"},    Greek{"Ω", "\\Omega"}};

/// What the two renderings do differently; the walk over the tree is one (Renderer).
struct Style {
  bool latex = false;
};

/// Subscript digits of names, σ₂, as digits: they become an index.
std::string plain_digits(std::string text) {
  constexpr std::string_view zero = "₀";  // the last byte counts up to nine
  const std::string_view lead = zero.substr(0, 2);
  for (size_t at = text.find(lead); at != std::string::npos; at = text.find(lead, at + 1)) {
    const int digit = at + 2 < text.size() ? text[at + 2] - zero[2] : -1;
    if (digit >= 0 && digit <= 9) text.replace(at, zero.size(), std::to_string(digit));
  }
  return text;
}

/// Index letters as LaTeX: Greek ones by their commands.
std::string latex_letters(std::string text) {
  text = plain_digits(std::move(text));
  for (const Greek& letter : greek_letters) {
    for (size_t at = text.find(letter.utf8); at != std::string::npos; at = text.find(letter.utf8)) {
      text.replace(at, letter.utf8.size(), "{" + std::string(letter.command) + "}");
    }
  }
  constexpr std::string_view at_most = "≤";
  if (const size_t at = text.find(at_most); at != std::string::npos) text.replace(at, at_most.size(), "\\le ");
  return text;
}

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

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

class Renderer {
 public:
  explicit Renderer(Style style) : latex_(style.latex) {}

  std::string render(
      const Math& m) const {  // NOLINT(misc-no-recursion): the tree is as deep as the source's expressions
    switch (m.shape) {
      case Shape::number: return number(m.value);
      case Shape::symbol: return symbol(m);
      case Shape::sum:
        return (latex_ ? "\\sum" + range(m.name) + " " : "Σ_{" + m.name + "} ") +
               inside(m.parts[0], m.parts[0].shape == Shape::sum ? 2 : 3);
      case Shape::expectation:
        return (latex_ ? "\\mathbb{E}\\left[" : "E[") + render(m.parts[0]) + (latex_ ? "\\right]" : "]");
      case Shape::derivative:
        return latex_ ? "\\frac{\\partial " + render(m.parts[0]) + "}{\\partial " + render(m.parts[1]) + "}"
                      : "∂" + render(m.parts[0]) + "/∂" + render(m.parts[1]);
      case Shape::product: return product(m);
      case Shape::plus: return plus(m);
      case Shape::negate: return "-" + inside(m.parts[0], 2);
      case Shape::quotient:
        return latex_ ? "\\frac{" + render(m.parts[0]) + "}{" + render(m.parts[1]) + "}"
                      : inside(m.parts[0], 3) + " / " + inside(m.parts[1], 4);
      case Shape::power:  // braces: a symbol may carry a superscript already
        return latex_ ? "{" + inside(m.parts[0], 5) + "}^{" + m.name + "}" : inside(m.parts[0], 5) + "^" + m.name;
      case Shape::function: return call(m);
      case Shape::words: return latex_ ? "\\text{" + latex_words(m.name) + "}" : m.name;
    }
    return {};
  }

 private:
  std::string inside(const Math& m, int least) const {
    std::string text = render(m);
    if (binding(m) >= least) return text;
    return latex_ ? "\\left(" + text + "\\right)" : "(" + text + ")";
  }

  std::string number(double value) const {
    std::string text = number_text(value);
    size_t exponent = text.find('e');
    if (!latex_ || exponent == std::string::npos) return text;
    return text.substr(0, exponent) + "\\cdot 10^{" + std::to_string(std::stoi(text.substr(exponent + 1))) + "}";
  }

  std::string symbol(const Math& m) const {
    std::string subscripts = joined(m.subscripts);
    if (latex_) {
      subscripts = latex_letters(subscripts);
      std::string base =
          m.accent.empty() ? "{" + latex_name(m.name) + "}" : latex_accent(m.accent) + "^{" + latex_name(m.name) + "}";
      return subscripts.empty() ? base : base + "_{" + subscripts + "}";
    }
    std::string base = m.accent.empty() ? m.name : m.accent + "^{" + m.name + "}";
    return subscripts.empty() ? base : base + "_{" + subscripts + "}";
  }

  static std::string latex_accent(const std::string& accent) {
    if (accent == "hatZ") return "\\hat Z";
    if (accent == "dotZ") return "\\dot Z";
    return accent;
  }

  static std::string range(std::string text) {
    const size_t between = text.find("..");  // l=2..64
    if (between != std::string::npos) return "_{" + text.substr(0, between) + "}^{" + text.substr(between + 2) + "}";
    return "_{" + latex_letters(text) + "}";
  }

  std::string product(const Math& m) const {
    std::string text;
    for (size_t i = 0; i < m.parts.size(); ++i) {
      if (i > 0) text += latex_ ? " \\, " : " ";
      text += inside(m.parts[i], i + 1 == m.parts.size() && m.parts[i].shape == Shape::sum ? 2 : 3);
    }
    return text;
  }

  std::string plus(const Math& m) const {
    std::string text;
    for (size_t i = 0; i < m.parts.size(); ++i) {
      const Math& part = m.parts[i];
      bool negative = part.shape == Shape::negate || (part.shape == Shape::number && part.value < 0);
      if (i > 0) text += negative ? " - " : " + ";
      if (i > 0 && negative) {
        text += inside(math::negate(part), 2);
      } else {
        text += render(part);
      }
    }
    return text;
  }

  std::string call(const Math& m) const {
    std::string arguments;
    for (const Math& part : m.parts) arguments += (arguments.empty() ? "" : ", ") + render(part);
    const std::string subscripts = latex_ ? latex_letters(joined(m.subscripts)) : joined(m.subscripts);
    const std::string index = subscripts.empty() ? "" : "_{" + subscripts + "}";
    if (!latex_) return m.name + index + "(" + arguments + ")";
    return "\\operatorname{" + latex_words(m.name) + "}" + index + "\\left(" + arguments + "\\right)";
  }

  bool latex_;
};

/// One letter run and one digit run make a symbol with an index, brackets hold an index; any other word stands upright.
std::string latex_word(const std::string& word) {
  if (const size_t open = word.find('['), close = word.find(']', open); open > 0 && close != std::string::npos) {
    const std::string rest = word.substr(close + 1);
    return "{" + latex_word(word.substr(0, open)) + "}_{" + word.substr(open + 1, close - open - 1) + "}" +
           (rest.empty() ? "" : latex_word(rest));
  }
  for (const Greek& letter : greek_letters) {
    if (word.starts_with(letter.utf8)) {
      std::string rest = word.substr(letter.utf8.size());
      return std::string(letter.command) + (rest.empty() ? "" : "_{" + latex_word(rest) + "}");
    }
  }
  size_t letters = 0;
  while (letters < word.size() && std::isalpha(static_cast<unsigned char>(word[letters])) != 0) ++letters;
  std::string head = word.substr(0, letters), tail = word.substr(letters);
  if (word.find_first_not_of("0123456789") == std::string::npos) return word;
  bool digits = !tail.empty() && tail.find_first_not_of("0123456789") == std::string::npos;
  if (head.size() == 1 && tail.empty()) return head;
  if (!head.empty() && digits) return (head.size() == 1 ? head : "\\mathit{" + head + "}") + "_{" + tail + "}";
  return "\\mathit{" + latex_words(word) + "}";
}

}  // namespace

std::string latex_name(const std::string& given) {
  const std::string name = plain_digits(given);
  std::string result, word;
  auto flush = [&] {
    if (!word.empty()) result += latex_word(word);
    word.clear();
  };
  for (size_t i = 0; i < name.size(); ++i) {
    if (name.compare(i, 3, "^T ") == 0 || name.substr(i) == "^T") {
      flush();
      result += "^{\\top}";
      i += 1;
    } else if (name.compare(i, 2, "^{") == 0) {  // C^{U x}: what is in braces is
      flush();
      const size_t end = std::min(name.find('}', i), name.size());
      result += "^{" + latex_name(name.substr(i + 2, end - i - 2)) + "}";
      i = end;
    } else if (name[i] == '^') {  // K^W: the rest of the word is a superscript
      flush();
      const size_t end = std::min(name.find(' ', i), name.size());
      result += "^{" + latex_word(name.substr(i + 1, end - i - 1)) + "}";
      i = end - 1;
    } else if (name[i] == ' ') {
      flush();
      result += "\\,";
    } else if (name[i] == '(' || name[i] == ')') {
      flush();
      result += name[i];
    } else {
      word += name[i];
    }
  }
  flush();
  return result;
}

namespace {

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
  for (const Greek& letter : greek_letters) {
    for (size_t at = result.find(letter.utf8); at != std::string::npos; at = result.find(letter.utf8)) {
      result.replace(at, letter.utf8.size(), "\\ensuremath{" + std::string(letter.command) + "}");
    }
  }
  return result;
}

/// One word: an arrow, a power (its exponent in parentheses or one word), or plain.
std::string latex_of_word(const std::string& word) {
  if (word == "->") return "\\ensuremath{\\to}";
  const size_t begin = std::min(word.find_first_not_of('('), word.size()), power = word.find('^', begin);
  if (power == std::string::npos || power == begin) return escaped(word);
  const bool grouped = word.compare(power + 1, 1, "(") == 0;
  const size_t first = power + 1 + (grouped ? 1 : 0);
  const size_t end = std::min(grouped ? word.find(')', first) : word.find_first_of(",.;:)", first), word.size());
  const std::string base = word.substr(begin, power - begin), exponent = word.substr(first, end - first);
  return word.substr(0, begin) + "\\ensuremath{" +
         (grouped ? latex_name(base) + "^{" + exponent + "}" : latex_name(base + "^" + exponent)) + "}" +
         escaped(word.substr(std::min(end + (grouped ? 1 : 0), word.size())));
}

}  // namespace

std::string latex_words(const std::string& text) {
  std::string result;
  bool quoted = false;
  for (size_t begin = 0; begin <= text.size(); quoted = !quoted) {
    const size_t quote = std::min(text.find('`', begin), text.size());
    const std::string part = text.substr(begin, quote - begin);
    begin = quote + 1;
    if (quoted && !part.empty()) result += "\\ensuremath{" + latex_name(part) + "}";
    for (size_t at = 0; !quoted && at < part.size();) {
      const size_t end = std::min(part.find(' ', at), part.size());
      result += latex_of_word(part.substr(at, end - at)) + (end < part.size() ? " " : "");
      at = end + 1;
    }
  }
  return result;
}

namespace {

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

/// The terms of a sum with their signs, or the whole.
std::vector<std::string> latex_terms(const Math& m) {
  if (m.shape != Shape::plus) return {render_latex(m)};
  std::vector<std::string> terms;
  for (const Math& part : m.parts) {
    const std::string text = render_latex(plus({part}));
    const bool signed_already = text.starts_with("-");
    terms.push_back(terms.empty() ? text : signed_already ? " - " + text.substr(1) : " + " + text);
  }
  return terms;
}

}  // namespace

std::string render_latex_display(const Equation& equation) {
  constexpr size_t line = 90;  // letters
  const std::string left = render_latex(equation.left);
  const bool law = equation.right.shape == Shape::words;
  std::string text = left + (law ? " &:\\quad " : " &= ");
  size_t used = visible_width(left) + 2;
  const size_t indented = used + 4;
  for (const std::string& term : latex_terms(equation.right)) {
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

std::string render_text(const Math& m) { return Renderer({false}).render(m); }
std::string render_latex(const Math& m) { return Renderer({true}).render(m); }

}  // namespace tpc::equations::math
