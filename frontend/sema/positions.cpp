#include "frontend/sema/positions.h"

#include <cmath>

#include "frontend/ast/walk.h"
#include "frontend/sema/constants.h"

namespace tpc::sema {
namespace {

const Counter* counter_of(const ast::Expression& expression, const Locals& locals) {
  const auto* reference = std::get_if<ast::Reference>(&expression.node);
  const auto local = reference != nullptr ? locals.find(reference->name.text) : locals.end();
  return local != locals.end() ? std::get_if<Counter>(&local->second.meaning) : nullptr;
}

/// The counter of `i + 1` or `i - 1` and the other operand.
struct Shifted {
  const Counter* counter = nullptr;
  const ast::Expression* by = nullptr;
  int sign = 1;
};

Shifted shifted(const ast::Expression& expression, const Locals& locals) {
  if (const Counter* counter = counter_of(expression, locals)) return {counter};
  const auto* binary = std::get_if<ast::Binary>(&expression.node);
  if (binary == nullptr) return {};
  const bool sum = binary->op == ast::BinaryOperator::add, difference = binary->op == ast::BinaryOperator::subtract;
  if (const Counter* counter = counter_of(*binary->lhs, locals); counter != nullptr && (sum || difference)) {
    return {counter, binary->rhs.get(), difference ? -1 : 1};
  }
  const Counter* counter = sum ? counter_of(*binary->rhs, locals) : nullptr;
  return counter != nullptr ? Shifted{counter, binary->lhs.get(), 1} : Shifted{};
}

}  // namespace

std::optional<Position> check_position(const ExpressionContext& context, const ast::Expression& expression,
                                       const std::string& what, int64_t lowest, int64_t highest) {
  const Locals& locals = context.locals;
  const auto first_counter = [&](const ast::Expression& in) {
    return ast::first_part(in, [&](const ast::Expression& part) { return counter_of(part, locals) != nullptr; });
  };
  const ast::Expression* used = first_counter(expression);
  if (used == nullptr) {
    const auto number = integer_value(context.checker, expression, what, lowest, highest, locals);
    return number ? std::optional(Position{std::nullopt, *number}) : std::nullopt;
  }
  const Shifted shift = shifted(expression, locals);
  if (shift.counter == nullptr || (shift.by != nullptr && first_counter(*shift.by) != nullptr)) {
    context.builder.repeat(counter_of(*used, locals)->loop);
    return std::nullopt;
  }
  Position position{shift.counter->loop, 0};
  if (shift.by == nullptr) return position;
  const auto by = integer_value(context.checker, *shift.by, what, -limits::index, limits::index, locals);
  if (!by) return std::nullopt;
  position.offset = shift.sign * *by;
  return position;
}

std::optional<int64_t> known_integer(const Checker& checker,
                                     const ast::Expression& expression,  // NOLINT(misc-no-recursion)
                                     const Locals& locals) {
  std::optional<double> value;
  if (const auto* number = std::get_if<ast::Number>(&expression.node)) value = read_number(number->text);
  if (const auto* reference = std::get_if<ast::Reference>(&expression.node)) {
    const auto local = locals.find(reference->name.text);
    const Symbol* symbol = checker.find(reference->name.text);
    if (local != locals.end()) {
      if (const auto* known = std::get_if<double>(&local->second.meaning)) value = *known;
    } else if (symbol != nullptr && symbol->usable &&
               (symbol->kind == SymbolKind::dimension || symbol->kind == SymbolKind::constant)) {
      value = symbol->value;
    }
  }
  if (const auto* binary = std::get_if<ast::Binary>(&expression.node)) {
    const auto lhs = known_integer(checker, *binary->lhs, locals), rhs = known_integer(checker, *binary->rhs, locals);
    if (!lhs || !rhs) return std::nullopt;
    if (binary->op == ast::BinaryOperator::add) return *lhs + *rhs;
    if (binary->op == ast::BinaryOperator::subtract) return *lhs - *rhs;
    return std::nullopt;
  }
  const bool whole = value && *value == std::floor(*value) && std::fabs(*value) <= limits::index;
  return whole ? std::optional(static_cast<int64_t>(*value)) : std::nullopt;
}

PositionRange range_of(const TermBuilder& builder, const Position& position) {
  if (!position.loop) return {position.offset, position.offset};
  const Loop& loop = builder.loop(*position.loop);
  return {loop.first + position.offset, loop.last() + position.offset};
}

}  // namespace tpc::sema
