// Statements of a def: `z = tanh(U @ x)` and `return V @ z`.
#include <boost/fusion/include/adapt_struct.hpp>

#include "grammar/rules.h"

BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Assignment, target, value)

namespace tpc::grammar {
namespace {

const auto take = [](auto& context) { x3::_val(context) = std::move(x3::_attr(context)); };
const auto take_value = [](auto& context) { x3::_val(context).value = std::move(x3::_attr(context)); };

struct assignment_tag : SetsSpan {};
const x3::rule<assignment_tag, ast::Assignment> assignment = "a statement";
const x3::rule<struct return_tag, ast::Return> return_statement = "a statement";

const auto assignment_def = name > symbol("=") > expression;
const auto return_statement_def = with_span(keyword("return") > expression[take_value]);
const auto statement_def = return_statement[take] | assignment[take];

BOOST_SPIRIT_DEFINE(assignment, return_statement)

}  // namespace

BOOST_SPIRIT_DEFINE(statement)
BOOST_SPIRIT_INSTANTIATE(decltype(statement), Iterator, Context)

}  // namespace tpc::grammar
