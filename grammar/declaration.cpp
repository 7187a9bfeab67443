// Declarations: everything at the top level of a file.
#include <boost/fusion/include/adapt_struct.hpp>

#include "grammar/list_parsers.h"
#include "grammar/rules.h"

BOOST_FUSION_ADAPT_STRUCT(tpc::ast::WidthFactor, numerator, denominator)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::WidthSize, factor, of)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Width, name, size)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Dim, name, size)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Constant, name, value)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Param, name, members, shape, init, learning_rate)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Fn, name, parameters, body)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::DefParameter, name, shape, value)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Def, name, parameters, result, body)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::DataField, name, members, shape, space)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::DataPart, fields, source)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Setting, key, value, modifier)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Observe, value, data_sets)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::ExponentSetting, key, text)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::WeightExponents, weight, indices, settings)
BOOST_FUSION_ADAPT_STRUCT(tpc::ast::Parametrization, name, weights)

namespace tpc::grammar {

Iterator end_of_broken_item(Iterator first, Iterator last, BlockKind kind) {
  size_t open = 0;
  // The lines that follow the head of a `def` without `{` are meant as its body: none of them says anything new.
  bool body_without_braces = kind == BlockKind::file && first != last && first->is_name("def");
  for (Iterator at = first; at != last; ++at) {
    const bool after_separator = at != first && at[-1].kind == TokenKind::separator;
    if ((open > 0 || body_without_braces) && after_separator && begins_declaration(at)) return at;
    if (at->kind == TokenKind::separator && open == 0 && !body_without_braces) return at;
    if (at->is_symbol("{")) {
      ++open;
      body_without_braces = false;
    }
    if (at->is_symbol("}")) {
      if (open == 0 && kind == BlockKind::braces) return at;
      open -= open > 0 ? 1 : 0;
    }
  }
  return last;
}

namespace {

/// A rule that fills its node member by member, without actions.
template <typename Node>
struct node_tag : SetsSpan {};
template <typename Node>
using NodeRule = x3::rule<node_tag<Node>, Node>;

/// A rule with actions; the definition calls with_span where the node has a span.
template <typename Node>
struct action_tag;
template <typename Node>
using ActionRule = x3::rule<action_tag<Node>, Node>;

const auto take = [](auto& context) { x3::_val(context) = std::move(x3::_attr(context)); };
const auto take_name = [](auto& context) { x3::_val(context).name = std::move(x3::_attr(context)); };

// ---- shapes ---------------------------------------------------------------------------------------------------------

const ActionRule<ast::Shape> shape = "a shape like `[n, d]`";
const auto take_entries = [](auto& context) { x3::_val(context).entries = std::move(x3::_attr(context)); };
const auto shape_def = with_span(symbol("[") > comma_list(dimension)[take_entries] > SymbolParser("]", "`,` or `]`"));

// ---- model, width, dim, const, param, fn ----------------------------------------------------------------------------

const x3::rule<struct model_tag, ast::Name> model = "a model";
const auto model_def = keyword("model") > name;

const x3::rule<struct width_factor_tag, ast::WidthFactor> width_factor = "a factor";
const auto width_factor_def = number >> -(symbol("/") >> number) >> &name;
const x3::rule<struct width_size_tag, ast::WidthSize> width_size = "a multiple of a width";
const auto width_size_def = -width_factor >> expression;
const NodeRule<ast::Width> width = "a width";
const auto width_def = keyword("width") > name > -(symbol("=") > width_size);

const NodeRule<ast::Dim> dim = "a dimension";
const auto dim_def = keyword("dim") > name > symbol("=") > expression;

const NodeRule<ast::Constant> constant = "a constant";
const auto constant_def = keyword("const") > name > symbol("=") > expression;

const NodeRule<ast::Param> param = "a parameter";
const auto param_def = keyword("param") > name > -(symbol("[") > comma_list(range) > index_end) > symbol(":") > shape >
                       -(keyword("init") > expression) > -(keyword("lr") > expression) >
                       AtStatementEnd("`init`, `lr` or end of line");

const NodeRule<ast::Fn> fn = "a function";
const auto fn_def = keyword("fn") > name > symbol("(") > comma_list(name) > list_end > symbol("=") > expression;

// ---- def ------------------------------------------------------------------------------------------------------------

const x3::rule<struct def_parameter_tag, ast::DefParameter> def_parameter = "a parameter";
const auto def_parameter_def = name > -(symbol(":") > shape) > -(symbol("=") > expression);

const NodeRule<ast::Def> def = "a def";
const auto def_def = keyword("def") > name > symbol("(") > -(!symbol(")") >> comma_list(def_parameter)) > list_end >
                     -(symbol("->") > shape) > braces(statement);

// ---- data -----------------------------------------------------------------------------------------------------------

const x3::rule<struct field_entry_tag, ast::ShapeEntry> field_entry = "a dimension";
const auto take_at_most = [](auto& context) {
  x3::_val(context) = std::move(x3::_attr(context));
  x3::_val(context).at_most = true;
};
const auto field_entry_def = (symbol("..") > dimension[take_at_most]) | dimension[take];

const x3::rule<struct field_shape_tag, ast::Shape> field_shape = "a shape like `[d]`";
const auto field_shape_def =
    with_span(symbol("[") > comma_list(field_entry)[take_entries] > SymbolParser("]", "`,` or `]`"));

const x3::rule<struct data_field_tag, ast::DataField> data_field = "a field like `x[d]`";
const auto data_field_def = name > -(symbol("(") > comma_list(data_field) > list_end) > -field_shape >
                            -(keyword("in") > name);

const x3::rule<struct data_part_tag, ast::DataPart> data_part = "fields and their source, like `x[d] = csv(...)`";
const auto data_part_def = comma_list(data_field) > symbol("=") > expression;

const ActionRule<ast::Number> signed_number = "a number";
const auto take_digits = [](auto& context) { x3::_val(context).text += x3::_attr(context).text; };
const auto take_minus = [](auto& context) { x3::_val(context).text = "-"; };
const auto signed_number_def =
    with_span((symbol("-")[take_minus] > number[take_digits]) | (-symbol("+") >> number[take_digits]));

const ActionRule<ast::DataRow> data_row = "a number";
const auto add_value = [](auto& context) { x3::_val(context).values.push_back(std::move(x3::_attr(context))); };
const auto data_row_def =
    with_span(signed_number[add_value] >> *(-symbol(",") >> signed_number[add_value]) > AtStatementEnd("a number"));

const x3::rule<struct data_contents_tag, ast::Data> data_contents = "`{` and rows, or `= csv(...)`";
const auto take_rows = [](auto& context) { x3::_val(context).rows = std::move(x3::_attr(context)); };
const auto take_source = [](auto& context) { x3::_val(context).parts.push_back({{}, std::move(x3::_attr(context))}); };
const auto take_part = [](auto& context) { x3::_val(context).parts.push_back(std::move(x3::_attr(context))); };
const auto data_contents_def =
    (braces(data_row))[take_rows] | ((symbol("=") > expression)[take_source] >> *(symbol(",") > data_part)[take_part]);

const ActionRule<ast::Data> data = "a data set";
const auto take_fields = [](auto& context) {
  x3::_val(context).parts.push_back({std::move(x3::_attr(context)), nullptr});
};
const auto take_contents = [](auto& context) {
  ast::Data& contents = x3::_attr(context);
  std::vector<ast::DataPart>& parts = x3::_val(context).parts;
  x3::_val(context).rows = std::move(contents.rows);
  if (contents.parts.empty()) return;
  parts.front().source = std::move(contents.parts.front().source);
  std::move(contents.parts.begin() + 1, contents.parts.end(), std::back_inserter(parts));
};
const auto data_def = with_span(keyword("data") > name[take_name] > symbol(":") > comma_list(data_field)[take_fields] >
                                data_contents[take_contents]);

// ---- train and observe ----------------------------------------------------------------------------------------------

const NodeRule<ast::Setting> setting = "a setting like `steps = 5`";
const auto setting_def = name > symbol("=") > expression > -call;

const ActionRule<ast::Train> train = "a train block";
const auto take_settings = [](auto& context) { x3::_val(context).settings = std::move(x3::_attr(context)); };
const auto train_def = with_span(keyword("train") > braces(setting)[take_settings]);

const NodeRule<ast::Observe> observe = "an observation";
const auto observe_def = keyword("observe") > expression > -(keyword("on") > comma_list(name)) >
                         AtStatementEnd("`on` or end of line");

// ---- parametrization ------------------------------------------------------------------------------------------------

/// The exponent as written, without blanks: "-1/2".
const x3::rule<struct rational_tag, std::string> rational = "a rational number like `-1/2`";
const auto join_tokens = [](auto& context) {
  for (const Token& token : x3::_attr(context)) x3::_val(context) += token.text;
};
const auto rational_def = x3::raw[-symbol("-") >> number >> -(symbol("/") > number)][join_tokens];

const NodeRule<ast::ExponentSetting> exponent_setting = "an exponent like `a = 1/2`";
const auto exponent_setting_def = name > symbol("=") > rational;

const NodeRule<ast::WeightExponents> weight_exponents = "the exponents of a weight, like `W : a = 0, b = 1/2`";
const auto weight_exponents_def = name > -(symbol("[") > comma_list(expression) > index_end) > symbol(":") >
                                  comma_list(exponent_setting);

const NodeRule<ast::Parametrization> parametrization = "a parametrization";
const auto parametrization_def = keyword("parametrization") > name > -(braces(weight_exponents));

// ---- any of them ----------------------------------------------------------------------------------------------------

const auto declaration_def = model[take] | width[take] | dim[take] | constant[take] | param[take] | fn[take] |
                             def[take] | data[take] | train[take] | observe[take] | parametrization[take];

BOOST_SPIRIT_DEFINE(shape, model, width_factor, width_size, width, dim, constant, param, fn, def_parameter, def,
                    field_entry, field_shape, data_field, data_part, signed_number, data_row, data_contents, data,
                    setting, train, observe, rational, exponent_setting, weight_exponents, parametrization)

}  // namespace

BOOST_SPIRIT_DEFINE(declaration)

std::vector<TopLevel> parse_declarations(const Tokens& tokens, Reporter& reporter) {
  std::vector<TopLevel> items;
  const BlockParser<std::remove_const_t<decltype(declaration)>> file(declaration, BlockKind::file);
  Iterator first = tokens.data();
  file.parse(first, first + tokens.size() - 1, x3::make_context<reporter_tag>(reporter), x3::unused, items);
  return items;
}

}  // namespace tpc::grammar
