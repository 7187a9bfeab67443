/// \file Expressions of a def, a fn or a setting: names resolved, calls inlined, shapes checked.
#pragma once

#include <map>
#include <string>

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// What an expression may contain: only constants; coordinatewise functions of parameters; or everything.
enum class Place { constant, function, definition };

/// The parameters and assigned names of the fn or def being checked.
using Locals = std::map<std::string, Local>;

struct ExpressionContext {
  Checker& checker;
  TermBuilder& builder;
  const Locals& locals;
  Place place = Place::definition;
};

/// Not valid() if an error was reported.
TermId check_expression(const ExpressionContext& context, const ast::Expression& expression);

}  // namespace tpc::sema
