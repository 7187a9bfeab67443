/// \file A whole file as a list of declarations. Keeps Spirit out of parse.cpp.
#pragma once

#include <variant>
#include <vector>

#include "frontend/ast/ast.h"
#include "grammar/reporter.h"

namespace tpc::grammar {

/// A declaration of the tree, or the `model NAME` line.
using TopLevel = std::variant<ast::Name, ast::Declaration>;

/// The declarations that could be read, in order; the others are reported. Requires the last token to be `end`.
std::vector<TopLevel> parse_declarations(const Tokens& tokens, Reporter& reporter);

}  // namespace tpc::grammar
