#include "frontend/sema/special_functions.h"

#include <cmath>

#include "frontend/sema/arguments.h"
#include "frontend/sema/constants.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// zeros(n), zeros(T, n)
TermId zeros(const ExpressionContext& context, const ast::Call& call, Span span) {
  ast::Shape shape{{}, span};
  for (const ast::Argument& argument : call.arguments) {
    const auto* name = std::get_if<ast::Reference>(&argument.value->node);
    const auto* number = std::get_if<ast::Number>(&argument.value->node);
    if (argument.keyword || (name == nullptr && number == nullptr)) shape.entries.clear();
    if (argument.keyword || (name == nullptr && number == nullptr)) break;
    shape.entries.push_back({name != nullptr ? name->name.text : number->text, argument.value->span});
  }
  if (shape.entries.empty()) {
    context.checker.diagnostics.report(Kind::shape_expected, span,
                                       {{"function", call.callee.text}, {"width", context.checker.program.width}});
    return {};
  }
  const auto checked = check_shape(context.checker, shape, true);
  if (!checked) return {};
  if (context.builder.width_count(*checked) < 2) return context.builder.constant(0.0, span, *checked);
  context.checker.diagnostics.report(Kind::matrix_as_value, span,
                                     {{"shape", shape_text(*checked)}, {"width", context.checker.program.width}});
  return {};
}

TermId concat(const ExpressionContext& context, const ast::Call& call, Span span) {
  std::vector<TermId> parts;
  for (const ast::Argument& argument : call.arguments) {
    if (argument.keyword) {
      context.checker.diagnostics.report(Kind::unknown_argument, argument.keyword->span,
                                         {{"callee", call.callee.text}, {"name", argument.keyword->text}});
      return {};
    }
    parts.push_back(check_expression(context, *argument.value));
  }
  if (!parts.empty()) return context.builder.concat(parts, span);
  context.checker.diagnostics.report(Kind::arguments_expected, span, {{"name", call.callee.text}});
  return {};
}

/// pad(x, before, after, axis = 1)
TermId pad(const ExpressionContext& context, const ast::Call& call, Span span) {
  const auto bound =
      bind_arguments(context.checker, call, span, {{"x"}, {"before"}, {"after"}, {.name = "axis", .required = false}});
  if (!bound) return {};
  const TermId operand = check_expression(context, *bound->front());
  const auto zeros = [&](size_t argument) {
    return integer_value(context.checker, *bound->at(argument), "a number of zeros", 0, limits::dimension,
                         context.locals, &context.builder);
  };
  const auto before = zeros(1), after = zeros(2);
  if (!operand.valid()) return {};
  const auto axes = static_cast<int64_t>(context.builder.shape(operand).size());
  if (axes == 0) {
    context.checker.diagnostics.report(Kind::finite_axis_expected, span,
                                       {{"function", "pad"}, {"which", "first"}, {"found", "a scalar"}});
    return {};
  }
  std::optional<int64_t> axis = 1;
  if (bound->at(3) != nullptr) {
    axis = integer_value(context.checker, *bound->at(3), "an axis of `pad`", 1, axes, context.locals, &context.builder);
  }
  if (!before || !after || !axis) return {};
  return context.builder.pad(operand, *before, *after, static_cast<size_t>(*axis - 1), span);
}

TermId length(const ExpressionContext& context, const ast::Call& call, Span span) {
  const auto bound = bind_arguments(context.checker, call, span, {{"x"}});
  return bound ? check_length(context, *bound->front(), span) : TermId();
}

/// Of numbers known before the run: no coordinatewise function is constant but for jumps.
TermId floor(const ExpressionContext& context, const ast::Call& call, Span span) {
  const auto bound = bind_arguments(context.checker, call, span, {{"x"}});
  if (!bound) return {};
  TermBuilder* values = context.values != nullptr ? context.values : &context.builder;
  const auto value = constant_value(context.checker, *bound->front(), context.locals, values);
  return value ? context.builder.constant(std::floor(*value), span) : TermId();
}

}  // namespace

bool gives_number(SpecialFunction function) {
  switch (function) {
    case SpecialFunction::length:
    case SpecialFunction::floor: return true;
    case SpecialFunction::zeros:
    case SpecialFunction::concat:
    case SpecialFunction::pad: break;
  }
  return false;
}

TermId check_special_function(const ExpressionContext& context, SpecialFunction function, const ast::Call& call,
                              Span span) {
  switch (function) {
    case SpecialFunction::zeros: return zeros(context, call, span);
    case SpecialFunction::concat: return concat(context, call, span);
    case SpecialFunction::pad: return pad(context, call, span);
    case SpecialFunction::length: return length(context, call, span);
    case SpecialFunction::floor: return floor(context, call, span);
  }
  return {};
}

}  // namespace tpc::sema
