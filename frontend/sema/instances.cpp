#include "frontend/sema/instances.h"

#include <algorithm>

#include "frontend/ast/printer.h"
#include "frontend/ast/walk.h"
#include "frontend/sema/body.h"
#include "frontend/sema/builtins.h"

namespace tpc::sema {
namespace {

using diag::Kind;

bool is_parameter(const ast::Def& def, const ast::Expression& expression) {
  const auto* reference = std::get_if<ast::Reference>(&expression.node);
  return reference != nullptr && std::ranges::any_of(def.parameters, [&](const ast::DefParameter& parameter) {
           return parameter.name.text == reference->name.text;
         });
}

/// support.pixels of a parameter, U[word] with a parameter as index, or a call of a def that needs instances itself.
bool asks_for_instance(const Checker& checker, const ast::Def& def, const ast::Expression& expression) {
  if (const auto* member = std::get_if<ast::Member>(&expression.node)) return is_parameter(def, *member->operand);
  if (const auto* index = std::get_if<ast::Index>(&expression.node)) {
    return std::ranges::any_of(index->indices, [&](const auto& each) { return is_parameter(def, *each); });
  }
  const auto* call = std::get_if<ast::Call>(&expression.node);
  const Symbol* symbol = call != nullptr ? checker.find(call->callee.text) : nullptr;
  return symbol != nullptr && symbol->kind == SymbolKind::definition &&
         checker.definitions[symbol->index].syntax != nullptr;
}

bool adapts(const std::vector<ast::Statement>& statements) {
  return std::ranges::any_of(statements, [](const ast::Statement& statement) {
    const auto* loop = std::get_if<ast::For>(&statement.node);
    return std::holds_alternative<ast::Adapt>(statement.node) || (loop != nullptr && adapts(loop->body));
  });
}

/// What an argument means to the def: a group, a number known before, or a value.
std::optional<Binding> bind_argument(const ExpressionContext& context, const ast::Expression& argument) {
  if (const auto* reference = std::get_if<ast::Reference>(&argument.node)) {
    const auto local = context.locals.find(reference->name.text);
    const bool group = local != context.locals.end() && std::holds_alternative<Group>(local->second.meaning);
    if (group) return local->second;
  }
  const TermId value = check_expression(context, argument);
  if (!value.valid()) return std::nullopt;
  if (const auto number = context.builder.number(value)) return Binding{argument.span, *number};
  return Binding{argument.span, value};
}

/// A declared shape must be that of the argument.
bool check_argument(const ExpressionContext& context, const ast::DefParameter& parameter, const std::string& callee,
                    const Binding& given) {
  if (!parameter.shape) return true;
  const auto declared = check_shape(context.checker, *parameter.shape, true);
  if (!declared) return false;
  const auto* value = std::get_if<TermId>(&given.meaning);
  const Shape found = value != nullptr ? context.builder.shape(*value) : Shape{};
  const bool group = std::holds_alternative<Group>(given.meaning);
  if (!group && context.builder.fit(found, *declared)) return true;
  context.checker.diagnostics.report(Kind::argument_shape, given.span,
                                     {{"callee", callee},
                                      {"name", parameter.name.text},
                                      {"expected", shape_text(*declared)},
                                      {"found", group ? "a group of fields" : shape_text(found)}});
  return false;
}

/// Equal for calls that mean the same: on data sets whose groups have rows of the same dimensions.
std::string instance_key(const ast::Call& call, const DataSet& data_set, Span span) {
  std::string key = ast::print(ast::Expression{call, span});
  for (const DataField& field : data_set.fields) {
    key += field.name + " " + field.rows + shape_text(field.dims) + " " + field.space + "\n";
  }
  return key;
}

/// Keeps the arguments that the body reads, renumbered.
void drop_unread_arguments(Definition& instance, const DataSet& data_set) {
  const std::vector<bool> needed = terms_needed_for(instance.body, instance.body.result);
  std::vector<std::optional<size_t>> place(data_set.fields.size());
  for (size_t i = 0; i < instance.body.terms.size(); ++i) {
    auto* argument = std::get_if<ArgumentTerm>(&instance.body.terms[i].op);
    if (argument == nullptr || !needed[i]) continue;
    std::optional<size_t>& index = place[argument->index];
    if (!index) {
      index = instance.parameters.size();
      instance.parameters.push_back(data_set.fields[argument->index].name);
      instance.shapes.push_back(data_set.fields[argument->index].dims);
      instance.rows.push_back(data_set.fields[argument->index].rows);
      instance.spaces.push_back(data_set.fields[argument->index].space);
    }
    argument->index = *index;
  }
  for (size_t i = 0; i < instance.body.terms.size(); ++i) {  // nothing reads these; they keep their place in the list
    const bool argument = std::holds_alternative<ArgumentTerm>(instance.body.terms[i].op);
    if (argument && !needed[i]) instance.body.terms[i].op = NumberTerm{0.0};
  }
}

}  // namespace

bool needs_instances(const Checker& checker, const ast::Def& def) {
  if (adapts(def.body)) return true;
  return std::ranges::any_of(def.body, [&](const ast::Statement& statement) {
    return std::ranges::any_of(ast::expressions_of(statement), [&](const ast::Expression* expression) {
      return ast::first_part(*expression, [&](const ast::Expression& part) {
               return asks_for_instance(checker, def, part);
             }) != nullptr;
    });
  });
}

TermId instantiate_call(const ExpressionContext& context, const ast::Call& call, const Definition& definition,
                        Span span) {
  Checker& checker = context.checker;
  if (std::ranges::find(checker.open_instances, definition.name) != checker.open_instances.end()) {
    checker.diagnostics.report(Kind::recursive_call, span, {{"name", definition.name}});
    return {};
  }
  const auto bound = bind_arguments(checker, call, span, required(definition.parameters));
  if (!bound || checker.failed_instances.contains(definition.name)) return {};
  const ast::Def& def = *definition.syntax;
  Locals locals;
  for (size_t i = 0; i < bound->size(); ++i) {
    const auto binding = bind_argument(context, *bound->at(i));
    if (!binding || !check_argument(context, def.parameters[i], definition.name, *binding)) return {};
    locals.emplace(definition.parameters[i], *binding);
  }
  const TermBuilder::Adapted before = context.builder.adapted_parameters();
  checker.open_instances.push_back(definition.name);
  BodyChecker body(checker, context.builder, locals);
  body.check(def.body);
  checker.open_instances.pop_back();
  context.builder.adapted_parameters() = before;
  if (check_result(checker, def, body, context.builder)) return body.result();
  checker.failed_instances.insert(definition.name);
  return {};
}

Locals bind_fields(TermBuilder& builder, const DataSet& data_set, std::vector<std::string>& fields) {
  Locals locals;
  for (const DataField& field : data_set.fields) {
    const auto known = std::ranges::find(fields, field.name);
    const auto index = static_cast<size_t>(known - fields.begin());
    if (known == fields.end()) fields.push_back(field.name);
    const TermId value = builder.argument(index, field.dims, field.span, field.rows, field.space);
    if (field.group.empty()) {
      locals.emplace(field.name, Binding{field.span, value});
      continue;
    }
    const auto place = locals.emplace(field.group, Binding{field.span, Group{}}).first;
    std::get<Group>(place->second.meaning).fields[field.name.substr(field.group.size() + 1)] = value;
  }
  return locals;
}

std::optional<size_t> known_instance(const Checker& checker, const ast::Call& call, const DataSet& data_set,
                                     Span span) {
  const auto known = checker.instances.find(instance_key(call, data_set, span));
  return known != checker.instances.end() ? std::optional(known->second) : std::nullopt;
}

std::optional<size_t> instance_for(Checker& checker, const ast::Call& call, const Definition& definition,
                                   const DataSet& data_set, Span span) {
  if (const auto known = known_instance(checker, call, data_set, span)) return known;
  Definition instance{.name = definition.name, .parameters = {}, .shapes = {}, .body = {}, .span = definition.span};
  TermBuilder builder(instance.body, checker.program, checker.term_budget, checker.diagnostics);
  std::vector<std::string> fields;
  const Locals locals = bind_fields(builder, data_set, fields);
  instance.body.result = instantiate_call({checker, builder, locals}, call, definition, span);
  if (!instance.body.result.valid()) return std::nullopt;
  drop_unread_arguments(instance, data_set);
  checker.definitions.push_back(std::move(instance));
  return checker.instances[instance_key(call, data_set, span)] = checker.definitions.size() - 1;
}

}  // namespace tpc::sema
