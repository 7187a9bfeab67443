/// \file The parts of expressions and statements, for questions that do not depend on what they mean.
#pragma once

#include <functional>
#include <vector>

#include "frontend/ast/ast.h"

namespace tpc::ast {

/// The expressions an expression is made of, in the order they are written.
std::vector<const Expression*> parts_of(const Expression& expression);

/// The first part (the expression itself included), from left to right and from outside to inside, that `wanted` is
/// true of; null if there is none.
const Expression* first_part(const Expression& expression, const std::function<bool(const Expression&)>& wanted);

/// The expressions of a statement, loops unrolled into their bodies, in the order they are written.
std::vector<const Expression*> expressions_of(const Statement& statement);

}  // namespace tpc::ast
