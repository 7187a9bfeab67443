/// \file What a def that is checked for each call is given: values, numbers, lists, groups, families of parameters; and
/// how long such things are.
#pragma once

#include "frontend/sema/expressions.h"

namespace tpc::sema {

/// Empty if an error was reported, or a loop must be repeated.
std::optional<Binding> bind_argument(const ExpressionContext& context, const ast::Expression& argument);

/// length(x): the places of the first dimension of a value, the elements of a list by their first index, the members of
/// a family by theirs. Not valid() if an error was reported.
TermId check_length(const ExpressionContext& context, const ast::Expression& argument, Span span);

}  // namespace tpc::sema
