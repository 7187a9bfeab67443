#include "frontend/sema/widths.h"

#include <cmath>

#include "frontend/sema/constants.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

using diag::Kind;
using ir::Rational;

/// The fraction that a number like 0.25 or 1/3 was meant as, with a denominator that a ratio of widths can have.
std::optional<Rational> as_fraction(double value) {
  constexpr double rounding = 1e-12;
  for (int64_t denominator = 1; denominator <= limits::width_ratio; ++denominator) {
    const double numerator = value * static_cast<double>(denominator);
    if (std::abs(numerator) > static_cast<double>(limits::width_ratio)) return std::nullopt;
    if (std::abs(numerator - std::round(numerator)) <= rounding * std::abs(numerator)) {
      return Rational(static_cast<int64_t>(std::round(numerator)), denominator);
    }
  }
  return std::nullopt;
}

/// Reads a multiple of a width: products and quotients of one width and constants.
class RatioReader {
 public:
  explicit RatioReader(Checker& checker) : checker_(checker) {}

  /// As a multiple of the first width. Empty: reported.
  std::optional<Rational> read(const ast::WidthSize& size) {
    const auto of = multiple(*size.of);
    if (!of || !size.factor) return of;
    auto factor = fraction(read_number(size.factor->numerator.text), size.factor->numerator.span);
    if (!factor || !size.factor->denominator) return factor ? times(*of, *factor, size.of->span) : std::nullopt;
    const ast::Number& denominator = *size.factor->denominator;
    const auto divisor = fraction(read_number(denominator.text), denominator.span);
    return divisor ? times(*of, *factor / *divisor, size.of->span) : std::nullopt;
  }

 private:
  /// The number that the expression is, if no width stands in it.
  std::optional<Rational> multiple(const ast::Expression& expression) {  // NOLINT(misc-no-recursion)
    if (const auto* reference = std::get_if<ast::Reference>(&expression.node)) return of_name(reference->name);
    const auto* binary = std::get_if<ast::Binary>(&expression.node);
    const bool product = binary != nullptr && binary->op == ast::BinaryOperator::multiply;
    const bool quotient = binary != nullptr && binary->op == ast::BinaryOperator::divide;
    if (product || quotient) {
      const bool on_the_left = quotient || has_width(*binary->lhs);
      const auto of = multiple(on_the_left ? *binary->lhs : *binary->rhs);
      if (!of) return std::nullopt;
      const ast::Expression& other = on_the_left ? *binary->rhs : *binary->lhs;
      const auto factor = fraction(constant_value(checker_, other), other.span);
      if (!factor) return std::nullopt;
      return times(*of, product ? *factor : Rational(1) / *factor, expression.span);
    }
    checker_.diagnostics.report(Kind::width_ratio, expression.span, {{"width", checker_.program.width}});
    return std::nullopt;
  }

  std::optional<Rational> of_name(const ast::Name& name) {
    record_name(checker_, name);
    if (const Width* width = width_of(checker_.program, name.text)) return width->ratio;
    if (const Symbol* symbol = checker_.find(name.text)) {
      checker_.report_wrong_kind(name, *symbol, "a width");
    } else {
      checker_.report_unknown(name, checker_.names_of({SymbolKind::width}));
    }
    return std::nullopt;
  }

  [[nodiscard]] bool has_width(const ast::Expression& expression) const {  // NOLINT(misc-no-recursion)
    if (const auto* reference = std::get_if<ast::Reference>(&expression.node)) {
      const Symbol* symbol = checker_.find(reference->name.text);
      return symbol == nullptr || symbol->kind == SymbolKind::width;
    }
    const auto* binary = std::get_if<ast::Binary>(&expression.node);
    return binary != nullptr && (has_width(*binary->lhs) || has_width(*binary->rhs));
  }

  std::optional<Rational> fraction(std::optional<double> value, Span span) {
    if (!value) return std::nullopt;
    const auto found = *value > 0.0 ? as_fraction(*value) : std::nullopt;
    if (!found) report_ratio(span);
    return found;
  }

  std::optional<Rational> times(const Rational& of, const Rational& factor, Span span) {
    const Rational result = of * factor;
    if (result.is_within(limits::width_ratio)) return result;
    report_ratio(span);
    return std::nullopt;
  }

  void report_ratio(Span span) {
    checker_.diagnostics.report(Kind::width_ratio_range, span, {{"limit", std::to_string(limits::width_ratio)}});
  }

  Checker& checker_;
};

/// `width n = 256`
bool is_a_number(const ast::WidthSize& size) {
  return !size.factor && std::holds_alternative<ast::Number>(size.of->node);
}

}  // namespace

void check_declaration(Checker& checker, const ast::Width& width) {
  const bool has_number = width.size && is_a_number(*width.size);
  if (has_number) {
    checker.diagnostics.report(
        Kind::width_has_size, width.size->of->span,
        {{"width", width.name.text}, {"size", std::get<ast::Number>(width.size->of->node).text}});
  } else if (!checker.program.width.empty() && !width.size) {
    checker.diagnostics.report(Kind::repeated_declaration, width.span, {{"what", "the width"}})
        .note("first declared here", checker.find(checker.program.width)->span)
        .note("a further width is a multiple of it: `width m = 4 " + checker.program.width + "`");
    return;
  }
  std::optional<ir::Rational> ratio = ir::Rational(1);
  if (width.size && !has_number) ratio = RatioReader(checker).read(*width.size);
  const bool declared = checker.declare(width.name, {.kind = SymbolKind::width, .usable = ratio.has_value()});
  if (!declared) return;
  if (checker.program.width.empty()) checker.program.width = width.name.text;
  checker.program.widths.push_back({width.name.text, ratio.value_or(ir::Rational(1))});
}

}  // namespace tpc::sema
