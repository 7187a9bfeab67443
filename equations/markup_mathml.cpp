#include <algorithm>
#include <cctype>
#include <utility>

#include "base/diag/utf8.h"
#include "equations/html.h"
#include "equations/markup.h"
#include "equations/names.h"

namespace tpc::equations::math {
namespace {

/// Between factors: nothing is said, but they do not run into each other.
constexpr std::string_view thin_space = "<mspace width=\"0.17em\"></mspace>";

std::string element(std::string_view tag, const std::string& inside) {
  return "<" + std::string(tag) + ">" + inside + "</" + std::string(tag) + ">";
}
std::string row(const std::string& inside) { return element("mrow", inside); }
std::string identifier(const std::string& text) { return element("mi", html_escaped(text)); }
std::string op(const std::string& text) { return element("mo", html_escaped(text)); }
/// A bracket of the size of the letters around it.
std::string small_bracket(const std::string& text) { return "<mo stretchy=\"false\">" + text + "</mo>"; }
std::string parenthesised(const std::string& inside) { return row("<mo>(</mo>" + inside + "<mo>)</mo>"); }

/// An identifier that stands upright although it is one letter.
std::string upright(const std::string& text) { return "<mi mathvariant=\"normal\">" + text + "</mi>"; }

/// With an index below and something above; either may be empty.
std::string with_scripts(const std::string& base, const std::string& below, const std::string& above) {
  if (below.empty() && above.empty()) return base;
  if (above.empty()) return element("msub", base + row(below));
  if (below.empty()) return element("msup", base + row(above));
  return element("msubsup", base + row(below) + row(above));
}

/// Index letters as they were written: `t,i`, `s≤t`, `l=2`, `context_{i,word}`.
class IndexReader {
 public:
  explicit IndexReader(const std::string& text) : text_(plain_digits(text)) {}

  std::string run() {
    std::string result;
    while (at_ < text_.size() && text_[at_] != '}') result += next();
    return result;
  }

 private:
  std::string next() {  // NOLINT(misc-no-recursion): as deep as braces
    const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0 || c == '.'; };
    const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0 || c == '_'; };
    const unsigned char c = static_cast<unsigned char>(text_[at_]);
    std::string base;
    if (std::isdigit(c) != 0) {
      base = element("mn", take_while(is_digit));
    } else if (std::isalpha(c) != 0) {
      base = identifier(take_word(is_letter));
    } else {
      const std::string character = text_.substr(at_, std::max<size_t>(1, diag::utf8_length(text_, at_)));
      at_ += character.size();
      base = is_greek(character) ? identifier(character) : op(operator_text(character));
    }
    if (text_.compare(at_, 2, "_{") != 0) return base;
    at_ += 2;
    const std::string below = run();
    at_ = std::min(at_ + 1, text_.size());
    return with_scripts(base, below, "");
  }

  template <class Is>
  std::string take_while(Is is) {
    const size_t first = at_;
    while (at_ < text_.size() && is(static_cast<unsigned char>(text_[at_]))) ++at_;
    return text_.substr(first, at_ - first);
  }

  /// A name may have an underscore, but not that of its index.
  template <class Is>
  std::string take_word(Is is) {
    const size_t first = at_;
    while (at_ < text_.size() && is(static_cast<unsigned char>(text_[at_])) && text_.compare(at_, 2, "_{") != 0) ++at_;
    return text_.substr(first, at_ - first);
  }

  static bool is_greek(const std::string& character) {
    for (const Greek& letter : greek_letters()) {
      if (character == letter.utf8) return true;
    }
    return false;
  }

  static std::string operator_text(const std::string& character) {
    if (character == "-") return "−";
    return character == "'" ? "′" : character;
  }

  std::string text_;
  size_t at_ = 0;
};

std::string mathml_index(const std::string& text) { return IndexReader(text).run(); }

std::string mathml_of(const std::vector<NamePart>& parts);

std::string mathml_of(const NamePart& part) {  // NOLINT(misc-no-recursion): as deep as the name
  std::string text;
  switch (part.kind) {
    case NamePart::Kind::letter:
    case NamePart::Kind::word: text = identifier(part.text); break;
    case NamePart::Kind::digits: text = element("mn", part.text); break;
    case NamePart::Kind::literal: text = row(mathml_index(part.text)); break;
    case NamePart::Kind::bracket: text = small_bracket(part.text); break;
    case NamePart::Kind::space: text = thin_space; break;
    case NamePart::Kind::transpose: text = upright("⊤"); break;
    case NamePart::Kind::group: text = row(mathml_of(part.inside)); break;
  }
  return with_scripts(text, part.index.empty() ? "" : mathml_of(part.index),
                      part.superscript.empty() ? "" : mathml_of(part.superscript));
}

std::string mathml_of(const std::vector<NamePart>& parts) {  // NOLINT(misc-no-recursion): as deep as the name
  std::string text;
  for (const NamePart& part : parts) text += mathml_of(part);
  return text;
}

/// Precondition: a name or a power.
std::string mathml_of(const Phrase& phrase) {
  if (phrase.kind == Phrase::Kind::name) return mathml_of(name_parts(phrase.text));
  if (!phrase.grouped) return mathml_of(name_parts(phrase.text + "^" + phrase.exponent));
  return with_scripts(row(mathml_of(name_parts(phrase.text))), "", mathml_index(phrase.exponent));
}

std::string html_of(const Phrase& phrase) {
  switch (phrase.kind) {
    case Phrase::Kind::words: return html_escaped(phrase.text);
    case Phrase::Kind::arrow: return "→";
    case Phrase::Kind::name:
    case Phrase::Kind::power: break;
  }
  return "<math>" + mathml_of(phrase) + "</math>";
}

/// Blanks at the ends of <mtext> are not shown.
std::string with_firm_ends(std::string text) {
  constexpr std::string_view firm = "\u00a0";
  if (text.ends_with(" ")) text.replace(text.size() - 1, 1, firm);
  if (text.starts_with(" ")) text.replace(0, 1, firm);
  return text;
}

/// MathML Core: what browsers show without help.
class MathmlMarkup final : public Markup {
 public:
  [[nodiscard]] std::string number(const Decimal& number) const override {
    const bool minus = number.mantissa.starts_with("-");
    const std::string digits = (minus ? op("−") : "") + element("mn", number.mantissa.substr(minus ? 1 : 0));
    if (!number.exponent) return minus ? row(digits) : digits;
    return row(digits + op("·") + element("msup", "<mn>10</mn>" + row(mathml_index(std::to_string(*number.exponent)))));
  }
  [[nodiscard]] std::string symbol(const Math& m) const override {
    std::vector<NamePart> name = name_parts(m.name);
    if (!m.accent.empty()) return with_scripts(accent(m.accent), index(m), mathml_of(name));
    const bool raised = name.size() == 1 && name[0].index.empty();  // K^W: its index stands below W
    const auto superscript = raised ? std::exchange(name[0].superscript, {}) : std::vector<NamePart>();
    return with_scripts(row(mathml_of(name)), index(m), mathml_of(superscript));
  }
  [[nodiscard]] std::string sum(const std::string& range, const std::string& body) const override {
    const RangeEnds ends = range_ends(range);
    const std::string sign = "<mo movablelimits=\"false\">∑</mo>", below = row(mathml_index(std::string(ends.below)));
    const std::string limits = ends.above.empty()
                                   ? element("munder", sign + below)
                                   : element("munderover", sign + below + row(mathml_index(std::string(ends.above))));
    return row(limits + body);
  }
  [[nodiscard]] std::string expectation(const std::string& body) const override {
    return row(upright("E") + row("<mo>[</mo>" + body + "<mo>]</mo>"));
  }
  [[nodiscard]] std::string derivative(const std::string& of, const std::string& by) const override {
    return quotient(upright("∂") + of, upright("∂") + by);
  }
  [[nodiscard]] std::string quotient(const std::string& above, const std::string& below) const override {
    return element("mfrac", row(above) + row(below));
  }
  [[nodiscard]] std::string power(const std::string& base, const std::string& exponent) const override {
    return element("msup", row(base) + element("mn", exponent));
  }
  [[nodiscard]] std::string call(const Math& m, const std::vector<std::string>& arguments) const override {
    std::string list;
    for (const std::string& argument : arguments) list += (list.empty() ? "" : op(",")) + argument;
    const std::string name = m.name.size() == 1 ? upright(html_escaped(m.name)) : identifier(m.name);
    return row(with_scripts(name, index(m), "") + op("\u2061") + parenthesised(list));
  }
  [[nodiscard]] std::string words(const std::string& text) const override {
    std::string result;
    for (const Phrase& phrase : phrases(text)) {
      const bool plain = phrase.kind == Phrase::Kind::words || phrase.kind == Phrase::Kind::arrow;
      result += plain ? element("mtext", with_firm_ends(html_of(phrase))) : mathml_of(phrase);
    }
    return row(result);
  }
  [[nodiscard]] std::string parentheses(const std::string& inside) const override { return parenthesised(inside); }
  [[nodiscard]] std::string product(const std::vector<std::string>& factors) const override {
    std::string text;
    for (const std::string& factor : factors) {
      text += (text.empty() ? std::string() : op("\u2062") + std::string(thin_space)) + factor;
    }
    return row(text);
  }
  [[nodiscard]] std::string negative(const std::string& term) const override { return row(op("−") + term); }
  [[nodiscard]] std::string sign(bool negative) const override {
    return negative ? "<mo form=\"infix\">−</mo>" : "<mo form=\"infix\">+</mo>";
  }

 private:
  static std::string accent(const std::string& accent) {
    const std::string z = "<mi>Z</mi>";
    if (accent == "hatZ") return "<mover accent=\"true\">" + z + "<mo stretchy=\"false\">^</mo></mover>";
    if (accent == "dotZ") return "<mover accent=\"true\">" + z + "<mo stretchy=\"false\">·</mo></mover>";
    return identifier(accent);
  }
  static std::string index(const Math& m) { return m.subscripts.empty() ? "" : mathml_index(joined(m.subscripts)); }
};

/// One formula in running text, as large as in a display.
std::string formula(const std::string& inside) { return "<math displaystyle=\"true\">" + inside + "</math>"; }

}  // namespace

const Markup& mathml_markup() {
  static const MathmlMarkup markup;
  return markup;
}

std::string render_mathml(const Math& m) { return render(m, mathml_markup()); }

std::string html_escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  return result;
}

std::string html_words(const std::string& text) {
  std::string result;
  for (const Phrase& phrase : phrases(text)) result += html_of(phrase);
  return result;
}

std::string html_equation(const Equation& equation) {
  const bool law = equation.right.shape == Shape::words;
  std::string right = law ? "" : "<math><mo form=\"infix\">=</mo></math> ";
  for (const std::string& term : rendered_terms(equation.right, mathml_markup())) {
    right += law ? "is " + html_words(equation.right.name) : formula(term) + " ";
  }
  if (!equation.remark.empty()) right += "<span class=\"remark\">(" + html_words(equation.remark) + ")</span>";
  return "<div class=\"equation\"><span class=\"left\">" + formula(render_mathml(equation.left)) +
         "</span><span class=\"right\">" + right + "</span></div>\n";
}

}  // namespace tpc::equations::math
