/// \file Numbers known before the run: literals, constant expressions of settings, and `--set` values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "frontend/sema/checker.h"
#include "frontend/sema/locals.h"

namespace tpc::sema {

/// The whole text as a finite number, or as an integer; empty otherwise.
std::optional<double> read_number(std::string_view text);
std::optional<int64_t> read_integer(std::string_view text);

/// The value of a constant expression (numbers, `const`, `dim`, arithmetic, functions of them).
/// Empty if an error was reported.
/// `locals`: of the def around; only numbers are constants. `values`: what made the values that they name, if there are
/// any: those that are numbers are constants, too.
std::optional<double> constant_value(Checker& checker, const ast::Expression& expression, const Locals& locals = {},
                                     TermBuilder* values = nullptr);
/// The same, checked to be an integer from `lowest` to `highest`; `what` names it in the message.
std::optional<int64_t> integer_value(Checker& checker, const ast::Expression& expression, const std::string& what,
                                     int64_t lowest, int64_t highest, const Locals& locals = {},
                                     TermBuilder* values = nullptr);
/// The same, checked to be finite and not negative.
std::optional<double> nonnegative_value(Checker& checker, const ast::Expression& expression, const std::string& what,
                                        const Locals& locals = {});

diag::Engine::Handle report_integer_range(Checker& checker, const std::string& what, int64_t lowest, int64_t highest,
                                          const std::string& found, Span span);

/// The `--set` value of `name` as a number with the given bounds; reports a bad one. Empty: not given, or reported.
std::optional<int64_t> integer_override(Checker& checker, const std::string& name, int64_t lowest, int64_t highest);
std::optional<double> number_override(Checker& checker, const std::string& name, double lowest);
/// Reports that the `--set` value of `name` is not what is `expected`.
void report_override(Checker& checker, const std::string& name, const std::string& value, const std::string& expected);
/// Reports every `--set` name that nothing in the file uses.
void report_unused_overrides(Checker& checker);

}  // namespace tpc::sema
