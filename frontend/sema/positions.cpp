#include "frontend/sema/positions.h"

#include <algorithm>
#include <cmath>

#include "frontend/ast/walk.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

const Counter* counter_of(const ast::Expression& expression, const Locals& locals) {
  const auto* reference = std::get_if<ast::Reference>(&expression.node);
  const auto local = reference != nullptr ? locals.find(reference->name.text) : locals.end();
  return local != locals.end() ? std::get_if<Counter>(&local->second.meaning) : nullptr;
}

/// The variable of a repeated loop's inside that an expression names: of several, that of the innermost loop.
std::optional<size_t> innermost_counter(const ast::Expression& expression, const Locals& locals) {
  std::optional<size_t> loop;
  if (const Counter* counter = counter_of(expression, locals)) loop = counter->loop;
  for (const ast::Expression* part : ast::parts_of(expression)) {  // NOLINT(misc-no-recursion): as deep as the text
    loop = std::max(loop, innermost_counter(*part, locals));
  }
  return loop;
}

/// A multiple of the variable of a loop plus a number.
struct Affine {
  std::optional<size_t> loop;
  double factor = 0.0, number = 0.0;
};

/// Reads indices such as `2 * (p - 1) + t`, whose parts without the variable of a loop are numbers.
class AffineReader {
 public:
  explicit AffineReader(const ExpressionContext& context) : context_(context) {}

  /// Empty: an error was reported, or it is no such index (`affine`).
  std::optional<Affine> read(const ast::Expression& expression) {  // NOLINT(misc-no-recursion): as deep as the text
    record_names(context_, expression);
    if (!innermost_counter(expression, context_.locals)) {
      const auto number = constant_value(context_.checker, expression, context_.locals, &context_.builder);
      return number ? std::optional(Affine{{}, 0.0, *number}) : std::nullopt;
    }
    if (const Counter* counter = counter_of(expression, context_.locals)) return Affine{counter->loop, 1.0, 0.0};
    if (const auto* negated = std::get_if<ast::Negate>(&expression.node)) return times(read(*negated->operand), -1.0);
    const auto* binary = std::get_if<ast::Binary>(&expression.node);
    return binary != nullptr ? combined(*binary) : other();
  }
  [[nodiscard]] bool affine() const { return affine_; }

 private:
  std::optional<Affine> other() {
    affine_ = false;
    return std::nullopt;
  }

  static std::optional<Affine> times(std::optional<Affine> value, double factor) {
    if (value) value->factor *= factor, value->number *= factor;
    return value;
  }

  std::optional<Affine> combined(const ast::Binary& binary) {  // NOLINT(misc-no-recursion)
    const auto lhs = read(*binary.lhs), rhs = read(*binary.rhs);
    if (!lhs || !rhs) return std::nullopt;
    switch (binary.op) {
      case ast::BinaryOperator::add:
      case ast::BinaryOperator::subtract: {
        if (lhs->loop && rhs->loop && lhs->loop != rhs->loop) return other();
        const double sign = binary.op == ast::BinaryOperator::add ? 1.0 : -1.0;
        return Affine{std::max(lhs->loop, rhs->loop), lhs->factor + sign * rhs->factor,
                      lhs->number + sign * rhs->number};
      }
      case ast::BinaryOperator::multiply:
        if (lhs->loop && rhs->loop) return other();
        return lhs->loop ? times(lhs, rhs->number) : times(rhs, lhs->number);
      case ast::BinaryOperator::divide:
        if (rhs->loop || rhs->number == 0.0) return other();
        return Affine{lhs->loop, lhs->factor / rhs->number, lhs->number / rhs->number};
      case ast::BinaryOperator::contract: break;
    }
    return other();
  }

  const ExpressionContext& context_;
  bool affine_ = true;
};

bool is_index(double value) { return value == std::floor(value) && std::fabs(value) <= limits::index; }

}  // namespace

std::optional<Position> check_position(const ExpressionContext& context, const ast::Expression& expression,
                                       const std::string& what, int64_t lowest, int64_t highest) {
  const auto innermost = innermost_counter(expression, context.locals);
  if (!innermost) {
    const auto number =
        integer_value(context.checker, expression, what, lowest, highest, context.locals, &context.builder);
    return number ? std::optional(Position{std::nullopt, *number}) : std::nullopt;
  }
  AffineReader reader(context);
  const auto index = reader.read(expression);
  if (!index && reader.affine()) return std::nullopt;
  // Iterations that it is not a number in are told by number, those at one place as if it were none of them.
  if (!index || index->factor == 0.0 || !is_index(index->factor) || !is_index(index->number)) {
    context.builder.repeat(*innermost);
    return std::nullopt;
  }
  return Position{index->loop, static_cast<int64_t>(index->number), static_cast<int64_t>(index->factor)};
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
  const int64_t first = position.step * loop.first + position.offset;
  const int64_t last = position.step * loop.last() + position.offset;
  return {std::min(first, last), std::max(first, last)};
}

int64_t first_place(const TermBuilder& builder, const Position& position) {
  const auto [lowest, highest] = range_of(builder, position);
  return position.step > 0 ? lowest : highest;
}

bool is_consecutive(const Position& position) { return position.loop.has_value() && position.step == 1; }

}  // namespace tpc::sema
