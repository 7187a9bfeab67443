/// \file Indices of elements, as numbers or in terms of the variable of a loop.
#pragma once

#include <optional>
#include <string>

#include "frontend/sema/expressions.h"

namespace tpc::sema {

/// The smallest and the largest value that a position takes.
struct PositionRange {
  int64_t first = 0, last = 0;
};

/// `i`, `i + 1`, `2 * i - 1`, or a number. `what` names it in messages; a number lies between the bounds. Not there: an
/// error was reported, or the loop of the variable must be repeated.
std::optional<Position> check_position(const ExpressionContext& context, const ast::Expression& expression,
                                       const std::string& what, int64_t lowest, int64_t highest);

/// A number that the expression plainly has: of numbers, dimensions, constants and variables of repeated loops. Reports
/// nothing.
std::optional<int64_t> known_integer(const Checker& checker, const ast::Expression& expression, const Locals& locals);

PositionRange range_of(const TermBuilder& builder, const Position& position);

/// The value that it takes in the first iteration.
int64_t first_place(const TermBuilder& builder, const Position& position);

/// Whether it is the variable of a loop plus a number: places one after the other.
bool is_consecutive(const Position& position);

}  // namespace tpc::sema
