#include "frontend/sema/constants.h"

#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "frontend/sema/expressions.h"
#include "frontend/sema/meant.h"

namespace tpc::sema {
namespace {

using diag::Kind;

std::string range_text(int64_t lowest, int64_t highest) {
  return "an integer from " + std::to_string(lowest) + " to " + std::to_string(highest);
}

}  // namespace

std::optional<double> read_number(std::string_view text) {
  double value = 0.0;
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool complete = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return complete && std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

std::optional<int64_t> read_integer(std::string_view text) {
  auto value = read_number(text);
  constexpr double exact = 9007199254740992.0;  // 2^53: every integer up to here is a double
  if (!value || *value != std::floor(*value) || std::abs(*value) > exact) return std::nullopt;
  return static_cast<int64_t>(*value);
}

std::optional<double> constant_value(Checker& checker, const ast::Expression& expression, const Locals& locals,
                                     TermBuilder* values) {
  Body scratch;
  TermBuilder builder(scratch, checker.program, checker.term_budget, checker.diagnostics);
  TermId id = check_expression({checker, builder, locals, Place::constant, nullptr, values}, expression);
  if (!id.valid()) return std::nullopt;
  return builder.number(id);
}

std::optional<int64_t> integer_value(Checker& checker, const ast::Expression& expression, const std::string& what,
                                     int64_t lowest, int64_t highest, const Locals& locals, TermBuilder* values) {
  auto value = constant_value(checker, expression, locals, values);
  if (!value) return std::nullopt;
  bool in_range = *value >= static_cast<double>(lowest) && *value <= static_cast<double>(highest);
  if (in_range && *value == std::floor(*value)) return static_cast<int64_t>(*value);
  report_integer_range(checker, what, lowest, highest, fmt::format("{}", *value), expression.span);
  return std::nullopt;
}

std::optional<double> nonnegative_value(Checker& checker, const ast::Expression& expression, const std::string& what,
                                        const Locals& locals) {
  auto value = constant_value(checker, expression, locals);
  if (!value || *value >= 0.0) return value;
  checker.diagnostics.report(Kind::negative_value, expression.span,
                             {{"what", what}, {"found", fmt::format("{}", *value)}});
  return std::nullopt;
}

diag::Engine::Handle report_integer_range(Checker& checker, const std::string& what, int64_t lowest, int64_t highest,
                                          const std::string& found, Span span) {
  return checker.diagnostics.report(Kind::integer_expected, span,
                                    {{"what", what}, {"range", range_text(lowest, highest)}, {"found", found}});
}

void report_override(Checker& checker, const std::string& name, const std::string& value, const std::string& expected) {
  checker.diagnostics.report(Kind::invalid_override, {{"name", name}, {"value", value}, {"expected", expected}});
}

std::optional<int64_t> integer_override(Checker& checker, const std::string& name, int64_t lowest, int64_t highest) {
  const std::string* text = checker.override_of(name);
  if (text == nullptr) return std::nullopt;
  auto value = read_integer(*text);
  if (value && *value >= lowest && *value <= highest) return value;
  report_override(checker, name, *text, range_text(lowest, highest));
  return std::nullopt;
}

std::optional<double> number_override(Checker& checker, const std::string& name, double lowest) {
  const std::string* text = checker.override_of(name);
  if (text == nullptr) return std::nullopt;
  auto value = read_number(*text);
  if (value && *value >= lowest) return value;
  bool bounded = lowest > std::numeric_limits<double>::lowest();
  report_override(checker, name, *text, bounded ? fmt::format("a number of at least {}", lowest) : "a number");
  return std::nullopt;
}

void report_unused_overrides(Checker& checker) {
  std::vector<std::string> candidates =
      checker.names_of({SymbolKind::dimension, SymbolKind::constant, SymbolKind::function});
  for (const std::string& name : checker.names_of({SymbolKind::parameter, SymbolKind::family})) {
    candidates.push_back(name + ".lr");
  }
  if (checker.program.train) candidates.insert(candidates.end(), {"lr", "steps", "epochs", "batch"});
  for (const auto& [name, value] : checker.overrides.values) {
    if (checker.used_overrides.contains(name)) continue;
    auto handle = checker.diagnostics.report(Kind::unknown_override, {{"name", name}, {"value", value}});
    std::string suggestion = meant(name, candidates);
    if (name == checker.program.width || name == "width") {
      handle.note("the width is a matter of `tpc simulate --width` and `tpc compare --widths`");
    } else if (!suggestion.empty()) {
      handle.did_you_mean({suggestion});
    }
  }
}

}  // namespace tpc::sema
