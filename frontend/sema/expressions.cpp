#include "frontend/sema/expressions.h"

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/indexing.h"
#include "frontend/sema/instances.h"
#include "frontend/sema/record_names.h"
#include "frontend/sema/special_functions.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// One overload per kind of expression.
class ExpressionChecker {
 public:
  ExpressionChecker(const ExpressionContext& context, Span span)
      : context_(context), checker_(context.checker), builder_(context.builder), span_(span) {}

  TermId operator()(const ast::Reference& reference) const;
  TermId operator()(const ast::Number& number) const;
  TermId operator()(const ast::Text&) const { return refuse("a text"); }
  TermId operator()(const ast::Range&) const { return refuse("a range"); }
  TermId operator()(const ast::Whole&) const { return refuse("`:`"); }
  TermId operator()(const ast::Bracket&) const { return refuse("a list of names"); }
  TermId operator()(const ast::Transpose& transpose) const;
  TermId operator()(const ast::Member& member) const;
  TermId operator()(const ast::Negate& negate) const;
  TermId operator()(const ast::Binary& binary) const;
  TermId operator()(const ast::Power& power) const;
  TermId operator()(const ast::Call& call) const;
  TermId operator()(const ast::Index& index) const { return check_index(context_, index, span_); }

 private:
  [[nodiscard]] TermId check(const ast::ExpressionPtr& expression) const {
    return check_expression(context_, *expression);
  }
  [[nodiscard]] TermId refuse(const std::string& found) const;
  [[nodiscard]] TermId refuse_family(const std::string& name) const;
  /// Reports an operation that this place cannot hold; false: it can.
  [[nodiscard]] bool out_of_place(const std::string& what, Place least) const;
  [[nodiscard]] TermId local_value(const ast::Name& name, const Binding& local) const;
  /// Where the field of a group is declared.
  [[nodiscard]] Span field_span(TermId field) const {
    return context_.place == Place::constant ? span_ : builder_.body().at(field).span;
  }
  [[nodiscard]] TermId counter_value(size_t loop) const;
  [[nodiscard]] TermId symbol_value(const ast::Name& name, const Symbol& symbol) const;
  [[nodiscard]] diag::Suggestion product_meant(const ast::Binary& binary, TermId lhs, TermId rhs) const;
  [[nodiscard]] TermId call_definition(const ast::Call& call, const Definition& definition) const;
  struct Arguments {
    std::vector<TermId> values;  ///< in the order of the parameters
    std::vector<Span> spans;
  };
  [[nodiscard]] std::optional<Arguments> arguments(const ast::Call& call,
                                                   const std::vector<ParameterSpec>& parameters) const;

  const ExpressionContext& context_;
  Checker& checker_;
  TermBuilder& builder_;
  Span span_;
};

TermId ExpressionChecker::refuse(const std::string& found) const {
  checker_.diagnostics.report(Kind::value_expected, span_, {{"found", found}});
  return {};
}

TermId ExpressionChecker::refuse_family(const std::string& name) const {
  checker_.diagnostics.report(
      Kind::list_and_value, span_,
      {{"name", name}, {"what", "a family of parameters"}, {"advice", "take a member such as `" + name + "[2]`"}});
  return {};
}

bool ExpressionChecker::out_of_place(const std::string& what, Place least) const {
  if (context_.place >= least) return false;
  const Kind kind = context_.place == Place::constant   ? Kind::constant_expected
                    : context_.place == Place::function ? Kind::not_coordinatewise
                                                        : Kind::target_not_data;
  checker_.diagnostics.report(kind, span_, {{"found", what}});
  return true;
}

TermId ExpressionChecker::operator()(const ast::Reference& reference) const {
  const ast::Name& name = reference.name;
  if (auto local = context_.locals.find(name.text); local != context_.locals.end()) {
    return local_value(name, local->second);
  }
  if (const Symbol* symbol = checker_.find(name.text)) return symbol_value(name, *symbol);
  std::vector<std::string> candidates =
      checker_.names_of({SymbolKind::dimension, SymbolKind::constant, SymbolKind::parameter});
  for (const auto& [local_name, local] : context_.locals) candidates.push_back(local_name);
  checker_.report_unknown(name, candidates);
  return {};
}

TermId ExpressionChecker::local_value(const ast::Name& name, const Binding& local) const {
  if (const auto* number = std::get_if<double>(&local.meaning)) return builder_.constant(*number, span_);
  const auto* value = std::get_if<TermId>(&local.meaning);
  if (value != nullptr && context_.values != nullptr) {
    if (const auto number = context_.values->number(*value)) return builder_.constant(*number, span_);
    if (!value->valid()) return {};
  }
  if (out_of_place("the value `" + name.text + "`", Place::function)) return {};
  if (value != nullptr) return *value;
  if (const auto* counter = std::get_if<Counter>(&local.meaning)) return counter_value(counter->loop);
  if (const auto* carried = std::get_if<Carried>(&local.meaning)) {
    builder_.repeat(carried->loop);
    return {};
  }
  if (const auto* group = std::get_if<Group>(&local.meaning)) {
    const std::string first = group->fields.empty() ? "field" : group->fields.begin()->first;
    checker_.diagnostics.report(Kind::group_as_value, span_, {{"name", name.text}, {"field", first}});
    return {};
  }
  if (std::holds_alternative<FamilyPart>(local.meaning)) return refuse_family(name.text);
  checker_.diagnostics
      .report(
          Kind::list_and_value, span_,
          {{"name", name.text},
           {"what", "a list"},
           {"advice", "take an element such as `" + name.text + "[1]` or a range such as `" + name.text + "[1..3]`"}})
      .note("its elements are defined here", local.span);
  return {};
}

/// Not where places of the loop, or of one that it bounds, are absent: a function may have no finite value there.
TermId ExpressionChecker::counter_value(size_t loop) const {
  for (const auto& [name, local] : context_.locals) {
    const auto* other = std::get_if<Counter>(&local.meaning);
    if (other == nullptr) continue;
    const auto bound = builder_.loop(other->loop).bounded_by;
    if (bound && (other->loop == loop || *bound == loop)) builder_.repeat(*bound);
  }
  return builder_.loop_to_repeat() ? TermId() : builder_.counter(loop, span_);
}

TermId ExpressionChecker::symbol_value(const ast::Name& name, const Symbol& symbol) const {
  switch (symbol.kind) {
    case SymbolKind::dimension:
    case SymbolKind::constant: return symbol.usable ? builder_.constant(symbol.value, span_) : TermId();
    case SymbolKind::parameter:
      if (out_of_place("the parameter `" + name.text + "`", Place::definition) || !symbol.usable) return {};
      return builder_.parameter(symbol.index, checker_.program.parameters[symbol.index].shape, span_);
    case SymbolKind::family: return refuse_family(name.text);
    case SymbolKind::width:
      checker_.diagnostics.report(Kind::width_as_number, span_, {{"width", name.text}});
      return {};
    case SymbolKind::function:
    case SymbolKind::definition:
    case SymbolKind::data_set: checker_.report_wrong_kind(name, symbol, "a value"); return {};
  }
  return {};
}

TermId ExpressionChecker::operator()(const ast::Number& number) const {
  auto value = read_number(number.text);
  if (value) return builder_.constant(*value, span_);
  checker_.diagnostics.report(Kind::constant_not_finite, number.span);
  return {};
}

TermId ExpressionChecker::operator()(const ast::Transpose& transpose) const {
  if (out_of_place("a transpose", Place::target)) return {};
  return builder_.transpose(check(transpose.operand), span_);
}

TermId ExpressionChecker::operator()(const ast::Member& member) const {
  const auto* reference = std::get_if<ast::Reference>(&member.operand->node);
  const auto local = reference != nullptr ? context_.locals.find(reference->name.text) : context_.locals.end();
  const auto* group = local != context_.locals.end() ? std::get_if<Group>(&local->second.meaning) : nullptr;
  if (group == nullptr) {
    const TermId operand = check(member.operand);  // reports an unknown name
    if (operand.valid())
      checker_.diagnostics.report(Kind::not_a_group, member.name.span, {{"field", member.name.text}});
    return {};
  }
  if (out_of_place("the value `" + reference->name.text + "." + member.name.text + "`", Place::function)) return {};
  const auto field = group->fields.find(member.name.text);
  if (field != group->fields.end()) {
    record_local(context_, member.name, {field_span(field->second), field->second});
    return field->second;
  }
  std::vector<std::string> candidates;
  for (const auto& [name, value] : group->fields) candidates.push_back(name);
  checker_.report_unknown(member.name, candidates);
  return {};
}

TermId ExpressionChecker::operator()(const ast::Negate& negate) const {
  return builder_.pointwise(ir::Primitive::Neg, {check(negate.operand)}, span_);
}

/// What fits where `a @ b` does not: `a.T @ b`, `b @ a`, or a def's `b` with the shape it was not given. Empty: neither
/// does, or an operand has no name.
diag::Suggestion ExpressionChecker::product_meant(const ast::Binary& binary, TermId lhs, TermId rhs) const {
  const auto* left = std::get_if<ast::Reference>(&binary.lhs->node);
  const auto* right = std::get_if<ast::Reference>(&binary.rhs->node);
  if (!lhs.valid() || !rhs.valid() || left == nullptr || right == nullptr) return {};
  const Shape& a = builder_.shape(lhs);
  const Shape& b = builder_.shape(rhs);
  const std::string &first = left->name.text, &second = right->name.text;
  const auto behind = [](Span span, std::string text) { return diag::Edit{{span.end, span.end}, std::move(text)}; };
  const bool no_shape = std::holds_alternative<ArgumentTerm>(builder_.body().at(rhs).op) && b.empty();
  if (no_shape && !a.empty()) {
    const std::string shape = " : [" + a.back() + "]";
    const auto parameter = context_.locals.find(second);
    const bool declared = parameter != context_.locals.end() && context_.place == Place::definition;
    return {second + shape, declared ? std::vector{behind(parameter->second.span, shape)} : std::vector<diag::Edit>()};
  }
  if (a.empty() || b.empty()) return {};
  if (a.size() == 2 && a.front() == b.front()) return {first + ".T @ " + second, {behind(left->name.span, ".T")}};
  if (b.back() == a.front()) {
    return {second + " @ " + first, {{left->name.span, second}, {right->name.span, first}}};
  }
  if (b.size() == 2 && a.back() == b.back()) return {first + " @ " + second + ".T", {behind(right->name.span, ".T")}};
  return {};
}

TermId ExpressionChecker::operator()(const ast::Binary& binary) const {
  if (binary.op == ast::BinaryOperator::contract && out_of_place("the operator `@`", Place::target)) return {};
  TermId lhs = check(binary.lhs);
  TermId rhs = check(binary.rhs);
  switch (binary.op) {
    case ast::BinaryOperator::add: return builder_.pointwise(ir::Primitive::Add, {lhs, rhs}, span_);
    case ast::BinaryOperator::subtract: return builder_.pointwise(ir::Primitive::Sub, {lhs, rhs}, span_);
    case ast::BinaryOperator::multiply: return builder_.pointwise(ir::Primitive::Mul, {lhs, rhs}, span_);
    case ast::BinaryOperator::divide: return builder_.pointwise(ir::Primitive::Div, {lhs, rhs}, span_);
    case ast::BinaryOperator::contract: return builder_.contract(lhs, rhs, span_, product_meant(binary, lhs, rhs));
  }
  return {};
}

TermId ExpressionChecker::operator()(const ast::Power& power) const {
  TermId base = check(power.base);
  auto exponent = read_integer(power.exponent.text);
  if (!exponent || *exponent > limits::power) {
    auto report = report_integer_range(checker_, "an exponent", -limits::power, limits::power, power.exponent.text,
                                       power.exponent.span);
    if (read_number(power.exponent.text) == 0.5) report.note("the square root is `sqrt(u)`");
    return {};
  }
  int value = static_cast<int>(*exponent);
  return builder_.pointwise(ir::Primitive::Pow, {base}, span_, power.negative ? -value : value);
}

std::optional<ExpressionChecker::Arguments> ExpressionChecker::arguments(
    const ast::Call& call, const std::vector<ParameterSpec>& parameters) const {
  auto bound = bind_arguments(checker_, call, span_, parameters);
  if (!bound) return std::nullopt;
  Arguments result;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const ast::Expression* argument = bound->at(i);
    result.values.push_back(argument != nullptr ? check_expression(context_, *argument)
                                                : builder_.constant(parameters[i].default_value, span_));
    result.spans.push_back(argument != nullptr ? argument->span : span_);
  }
  return result;
}

TermId ExpressionChecker::call_definition(const ast::Call& call, const Definition& definition) const {
  if (out_of_place("the def `" + call.callee.text + "`", Place::definition)) return {};
  if (definition.syntax != nullptr) return instantiate_call(context_, call, definition, span_);
  auto given = arguments(call, required(definition.parameters));
  if (!given) return {};
  for (size_t i = 0; i < given->values.size(); ++i) {
    if (!given->values[i].valid()) return {};
    const Shape& found = builder_.shape(given->values[i]);
    if (builder_.fit(found, definition.shapes[i])) continue;
    checker_.diagnostics.report(Kind::argument_shape, given->spans[i],
                                {{"callee", call.callee.text},
                                 {"name", definition.parameters[i]},
                                 {"expected", shape_text(definition.shapes[i])},
                                 {"found", shape_text(found)}});
    return {};
  }
  return builder_.inline_call(definition.body, given->values, span_, true);
}

TermId ExpressionChecker::operator()(const ast::Call& call) const {
  const std::string& name = call.callee.text;
  if (context_.loss != nullptr) {
    if (auto term = context_.loss->check(context_, call, span_)) return *term;
  }
  if (const auto special = special_function(name)) {
    if (!gives_number(*special) && out_of_place("`" + name + "`", Place::target)) return {};
    return check_special_function(context_, *special, call, span_);
  }
  if (auto parameters = builtin_parameters(name)) {
    if (!is_coordinatewise(name) && out_of_place("`" + name + "`", Place::target)) return {};
    auto given = arguments(call, *parameters);
    return given ? build_builtin(builder_, name, given->values, span_) : TermId();
  }
  if (name == checker_.current_function) {
    checker_.diagnostics.report(Kind::recursive_call, span_, {{"name", name}});
    return {};
  }
  if (const Definition* definition = checker_.find_in_library(name)) return call_definition(call, *definition);
  const Symbol* symbol = checker_.find(name);
  if (symbol == nullptr) {
    auto candidates = checker_.names_of({SymbolKind::function, SymbolKind::definition});
    auto builtin = builtin_function_names();
    candidates.insert(candidates.end(), builtin.begin(), builtin.end());
    for (const auto& [known, definition] : checker_.library) candidates.push_back(known);
    checker_.report_unknown(call.callee, candidates);
    return {};
  }
  if (symbol->kind != SymbolKind::function && symbol->kind != SymbolKind::definition) {
    checker_.report_wrong_kind(call.callee, *symbol, "a function");
    return {};
  }
  if (!symbol->usable) return {};
  if (symbol->kind == SymbolKind::definition) return call_definition(call, checker_.definitions[symbol->index]);
  const Function& function = checker_.functions[symbol->index];
  auto given = arguments(call, required(function.parameters));
  return given ? builder_.inline_call(function.body, given->values, span_, false) : TermId();
}

}  // namespace

TermId check_expression(const ExpressionContext& context, const ast::Expression& expression) {
  record_names(context, expression);
  return std::visit(ExpressionChecker(context, expression.span), expression.node);
}

}  // namespace tpc::sema
