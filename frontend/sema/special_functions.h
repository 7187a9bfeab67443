/// \file Functions whose arguments are no list of values: zeros(n), concat(a, b, ..), pad(x, 1, 1), length(x),
/// floor(x).
#pragma once

#include "frontend/sema/builtins.h"
#include "frontend/sema/expressions.h"

namespace tpc::sema {

/// Whether it is a number known before the run, so that it may stand where one must.
bool gives_number(SpecialFunction function);

/// Not valid() if an error was reported.
TermId check_special_function(const ExpressionContext& context, SpecialFunction function, const ast::Call& call,
                              Span span);

}  // namespace tpc::sema
