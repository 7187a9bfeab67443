/// \file The rules that other rule files use. Included by the rule files only.
#pragma once

#include "grammar/program.h"
#include "grammar/token_parsers.h"

namespace tpc::grammar {

inline const x3::rule<struct expression_tag, ast::ExpressionPtr> expression = "an expression";
inline const x3::rule<struct call_tag, ast::ExpressionPtr> call = "a call";
inline const x3::rule<struct statement_tag, ast::Statement> statement = "a statement";
inline const x3::rule<struct declaration_tag, TopLevel> declaration = declaration_label;

BOOST_SPIRIT_DECLARE(decltype(expression), decltype(call), decltype(statement), decltype(declaration))

}  // namespace tpc::grammar
