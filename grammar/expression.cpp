// Expressions. From loosest to tightest: + and -, a leading -, * / and @ (left to right, as in NumPy), ^, then .T,
// .field, [i] and calls.
#include "grammar/list_parsers.h"
#include "grammar/rules.h"

namespace tpc::grammar {
namespace {

using boost::fusion::at_c;

ast::ExpressionPtr share(ast::Expression expression) {
  return std::make_shared<const ast::Expression>(std::move(expression));
}

ast::BinaryOperator binary_operator(const Token& token) {
  switch (token.text.front()) {
    case '+': return ast::BinaryOperator::add;
    case '-': return ast::BinaryOperator::subtract;
    case '*': return ast::BinaryOperator::multiply;
    case '/': return ast::BinaryOperator::divide;
    default: return ast::BinaryOperator::contract;
  }
}

// ---- what the rules make of their parts; the value of the rule so far is _val, the part just read _attr
// --------------

const auto take = [](auto& context) { x3::_val(context) = std::move(x3::_attr(context)); };
const auto take_node = [](auto& context) { x3::_val(context).node = std::move(x3::_attr(context)); };
const auto take_shared = [](auto& context) { x3::_val(context) = share(std::move(x3::_attr(context))); };
const auto take_reference = [](auto& context) {
  x3::_val(context).node = ast::Reference{std::move(x3::_attr(context))};
};
const auto take_parenthesized = [](auto& context) { x3::_val(context) = *x3::_attr(context); };

const auto join_binary = [](auto& context) {
  ast::Expression& lhs = x3::_val(context);
  const Token& token = at_c<0>(x3::_attr(context));
  ast::Expression& rhs = at_c<1>(x3::_attr(context));
  const Span span{lhs.span.begin, rhs.span.end};
  lhs = {ast::Binary{binary_operator(token), share(std::move(lhs)), share(std::move(rhs)), token.span()}, span};
};

const auto negate = [](auto& context) { x3::_val(context).node = ast::Negate{share(std::move(x3::_attr(context)))}; };

const auto take_member = [](auto& context) {
  ast::Expression& operand = x3::_val(context);
  ast::Name& member = x3::_attr(context);
  const Span span{operand.span.begin, member.span.end};
  if (member.text == "T") {
    operand = {ast::Transpose{share(std::move(operand))}, span};
  } else {
    operand = {ast::Member{share(std::move(operand)), std::move(member)}, span};
  }
};

const auto take_bracket = [](auto& context) { x3::_val(context).node = ast::Bracket{std::move(x3::_attr(context))}; };

const auto take_element = [](auto& context) {
  ast::Expression& operand = x3::_val(context);
  const Span span{operand.span.begin, at_c<1>(x3::_attr(context)).span().end};
  operand = {ast::Index{share(std::move(operand)), std::move(at_c<0>(x3::_attr(context)))}, span};
};

const auto raise = [](auto& context) {
  ast::Expression& base = x3::_val(context);
  ast::Number& exponent = at_c<1>(x3::_attr(context));
  const Span span{base.span.begin, exponent.span.end};
  base = {ast::Power{share(std::move(base)), std::move(exponent), at_c<0>(x3::_attr(context))}, span};
};

const auto call_with = [](auto& context) {
  ast::Expression& callee = x3::_val(context);
  ast::Name name_of_callee = std::get<ast::Reference>(callee.node).name;
  callee.node = ast::Call{std::move(name_of_callee), std::move(x3::_attr(context))};
};

const auto take_keyword = [](auto& context) { x3::_val(context).keyword = std::move(x3::_attr(context)); };
const auto take_value = [](auto& context) { x3::_val(context).value = std::move(x3::_attr(context)); };

const auto make_range = [](auto& context) {
  ast::ExpressionPtr& first = x3::_val(context);
  const ast::ExpressionPtr& last = x3::_attr(context);
  const Span span{first->span.begin, last->span.end};
  first = share({ast::Range{first, last}, span});
};

/// The `T` of `W.T` or the field of `support.pixels`, with its span. `torch.tanh(x)` is neither.
struct MemberParser : TokenParser<MemberParser, ast::Name> {
  MemberParser() : TokenParser("`T`, the transpose, or a field") {}
  [[nodiscard]] bool matches(const Token& token) const {
    return token.kind == TokenKind::name && !(&token)[1].is_symbol("(");
  }
  [[nodiscard]] ast::Name make(const Token& token) const { return {std::string(token.text), token.span()}; }
};
const MemberParser member;

/// The `:` of `U[:, i]`.
struct WholeParser : TokenParser<WholeParser, ast::ExpressionPtr> {
  WholeParser() : TokenParser("`:`") {}
  [[nodiscard]] bool matches(const Token& token) const { return token.is_symbol(":"); }
  [[nodiscard]] ast::ExpressionPtr make(const Token& token) const { return share({ast::Whole{}, token.span()}); }
};
const WholeParser whole;

/// The `]` of `x[i]`, for its span.
struct ClosingParser : TokenParser<ClosingParser, Token> {
  ClosingParser() : TokenParser("`]`") {}
  [[nodiscard]] bool matches(const Token& token) const { return token.is_symbol("]"); }
  [[nodiscard]] const Token& make(const Token& token) const { return token; }
};
const ClosingParser closing;

// ---- the rules ------------------------------------------------------------------------------------------------------

using Arguments = std::vector<ast::Argument>;

const x3::rule<struct sum_tag, ast::Expression> sum = "an expression";
const x3::rule<struct signed_product_tag, ast::Expression> signed_product = "an expression";
const x3::rule<struct product_tag, ast::Expression> product = "an expression";
const x3::rule<struct factor_tag, ast::Expression> factor = "an expression";
const x3::rule<struct power_tag, ast::Expression> power = "an expression";
const x3::rule<struct primary_tag, ast::Expression> primary = "an expression";
const x3::rule<struct call_expression_tag, ast::Expression> call_expression = "a call";
const x3::rule<struct index_entry_tag, ast::ExpressionPtr> index_entry = "an expression";
const x3::rule<struct arguments_tag, Arguments> arguments = "arguments in `( )`";
const x3::rule<struct argument_keyword_tag, ast::Name> argument_keyword = "a keyword";
const x3::rule<struct argument_tag, ast::Argument> argument = "an argument";

const auto expression_def = sum[take_shared];
const auto sum_def = signed_product[take] >> *(OperatorParser("+-") > signed_product)[join_binary];
const auto signed_product_def = with_span((symbol("-") > signed_product)[negate] | product[take]);
const auto product_def = factor[take] >> *(OperatorParser("*/@") > factor)[join_binary];
const auto factor_def = with_span((symbol("-") > factor)[negate] | power[take]);
const auto power_def = primary[take] >> *((symbol(".") > member)[take_member] |
                                          (symbol("[") > comma_list(index_entry) > closing)[take_element]) >>
                       -(symbol("^") > x3::matches[symbol("-")] > number)[raise];
const auto primary_def = with_span(
    number[take_node] | text[take_node] | (symbol("(") > expression > symbol(")"))[take_parenthesized] |
    (symbol("[") > comma_list(index) > index_end)[take_bracket] | (name[take_reference] >> -arguments[call_with]));
const auto call_def = call_expression[take_shared];
const auto call_expression_def = with_span(name[take_reference] >> arguments[call_with]);

const auto arguments_def = symbol("(") > -(!symbol(")") >> comma_list(argument)) > list_end;
const auto argument_keyword_def = name >> symbol("=");
const auto argument_def = (argument_keyword[take_keyword] > index[take_value]) | index[take_value];
const auto index_entry_def = whole[take] | index[take];
const auto index_def = expression[take] >> -(symbol("..") > expression[make_range]);
const auto range_def = expression[take] > symbol("..") > expression[make_range];

BOOST_SPIRIT_DEFINE(sum, signed_product, product, factor, power, primary, call_expression, index_entry, arguments,
                    argument_keyword, argument)

}  // namespace

BOOST_SPIRIT_DEFINE(expression, call, range, index)
BOOST_SPIRIT_INSTANTIATE(decltype(expression), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(call), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(range), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(index), Iterator, Context)

}  // namespace tpc::grammar
