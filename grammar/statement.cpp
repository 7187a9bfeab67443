// Statements of a def: `z = tanh(U @ x)`, `h[i] = tanh(U @ x[i])`, `for l in 2..L { ... }`,
// `adapt sgd(lr = 0.4) on mse(net(x), y)` and `return V @ z`.
#include <boost/fusion/include/adapt_struct.hpp>

#include "grammar/list_parsers.h"
#include "grammar/rules.h"

BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Assignment, target, indices, value)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Adapt, parameters, rule, loss)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::For, variable, range, body)

namespace tpc::grammar {
namespace {

const auto take_node = [](auto& context) { x3::_val(context).node = std::move(x3::_attr(context)); };
const auto take_value = [](auto& context) { x3::_val(context).value = std::move(x3::_attr(context)); };

struct assignment_tag : SetsSpan {};
const x3::rule<assignment_tag, ast::Assignment> assignment = "a statement";
const x3::rule<struct return_tag, ast::Return> return_statement = "a statement";

struct adapt_tag : SetsSpan {};
const x3::rule<adapt_tag, ast::Adapt> adapt = "a statement";

struct for_tag : SetsSpan {};
const x3::rule<for_tag, ast::For> for_loop = "a loop";

const auto assignment_def = name > -(symbol("[") > comma_list(expression) > index_end) > symbol("=") > expression;
const auto names = name % symbol(",");
const auto adapt_def = keyword("adapt") >> &name > -(&(names >> symbol("=")) >> names >> symbol("=")) > expression >
                       keyword("on") > expression;
const auto for_loop_def = keyword("for") > name > keyword("in") > range > braces(statement);
const auto return_statement_def = with_span(keyword("return") > expression[take_value]);
const auto statement_def = return_statement[take_node] | for_loop[take_node] | adapt[take_node] | assignment[take_node];

BOOST_SPIRIT_DEFINE(assignment, adapt, for_loop, return_statement)

}  // namespace

BOOST_SPIRIT_DEFINE(statement)
BOOST_SPIRIT_INSTANTIATE(decltype(statement), Iterator, Context)

}  // namespace tpc::grammar
