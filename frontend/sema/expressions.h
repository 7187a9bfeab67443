/// \file Expressions of a def, a fn or a setting: names resolved, calls inlined, shapes checked.
#pragma once

#include "frontend/sema/checker.h"
#include "frontend/sema/locals.h"

namespace tpc::sema {

/// What an expression may contain: only constants; coordinatewise functions of parameters; whatever is computed from
/// data alone; or everything.
enum class Place { constant, function, target, definition };

struct ExpressionContext {
  Checker& checker;
  TermBuilder& builder;
  const Locals& locals;
  Place place = Place::definition;
};

/// Not valid() if an error was reported.
TermId check_expression(const ExpressionContext& context, const ast::Expression& expression);

}  // namespace tpc::sema
