#include "equations/markup.h"

namespace tpc::equations::math {
namespace {

/// Unicode for a terminal.
class TextMarkup final : public Markup {
 public:
  [[nodiscard]] std::string number(const Decimal& number) const override { return number.written; }
  [[nodiscard]] std::string symbol(const Math& m) const override {
    return (m.accent.empty() ? m.name : m.accent + "^{" + m.name + "}") + index(m);
  }
  [[nodiscard]] std::string sum(const std::string& range, const std::string& body) const override {
    return "Σ_{" + range + "} " + body;
  }
  [[nodiscard]] std::string expectation(const std::string& body) const override { return "E[" + body + "]"; }
  [[nodiscard]] std::string derivative(const std::string& of, const std::string& by) const override {
    return "∂" + of + "/∂" + by;
  }
  [[nodiscard]] bool has_fraction_bars() const override { return false; }
  [[nodiscard]] std::string quotient(const std::string& above, const std::string& below) const override {
    return above + " / " + below;
  }
  [[nodiscard]] std::string power(const std::string& base, const std::string& exponent) const override {
    return base + "^" + exponent;
  }
  [[nodiscard]] std::string call(const Math& m, const std::vector<std::string>& arguments) const override {
    std::string list;
    for (const std::string& argument : arguments) list += (list.empty() ? "" : ", ") + argument;
    return m.name + index(m) + "(" + list + ")";
  }
  [[nodiscard]] std::string words(const std::string& text) const override { return text; }
  [[nodiscard]] std::string parentheses(const std::string& inside) const override { return "(" + inside + ")"; }
  [[nodiscard]] std::string product(const std::vector<std::string>& factors) const override {
    std::string text;
    for (const std::string& factor : factors) text += (text.empty() ? "" : " ") + factor;
    return text;
  }
  [[nodiscard]] std::string negative(const std::string& term) const override { return "-" + term; }
  [[nodiscard]] std::string sign(bool negative) const override { return negative ? " - " : " + "; }

 private:
  static std::string index(const Math& m) { return m.subscripts.empty() ? "" : "_{" + joined(m.subscripts) + "}"; }
};

}  // namespace

const Markup& text_markup() {
  static const TextMarkup markup;
  return markup;
}

}  // namespace tpc::equations::math
