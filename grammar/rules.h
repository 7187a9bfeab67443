/// \file The rules that other rule files use. Included by the rule files only.
#pragma once

#include "grammar/program.h"
#include "grammar/token_parsers.h"

namespace tpc::grammar {

inline const x3::rule<struct expression_tag, ast::ExpressionPtr> expression = "an expression";
inline const x3::rule<struct call_tag, ast::ExpressionPtr> call = "a call";
/// `2..L`; and a place in the brackets of `x[i]` and `s[1..T]`.
inline const x3::rule<struct range_tag, ast::ExpressionPtr> range = "a range like `2..L`";
inline const x3::rule<struct index_tag, ast::ExpressionPtr> index = "an expression";
inline const SymbolParser index_end("]", "`]`");
inline const x3::rule<struct statement_tag, ast::Statement> statement = "a statement";
inline const x3::rule<struct declaration_tag, TopLevel> declaration = declaration_label;

BOOST_SPIRIT_DECLARE(decltype(expression), decltype(call), decltype(range), decltype(index), decltype(statement),
                     decltype(declaration))

}  // namespace tpc::grammar
