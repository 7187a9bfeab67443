#include "frontend/sema/instances.h"

#include <algorithm>

#include "frontend/ast/printer.h"
#include "frontend/ast/walk.h"
#include "frontend/sema/arguments.h"
#include "frontend/sema/body.h"
#include "frontend/sema/builtins.h"

namespace tpc::sema {
namespace {

using diag::Kind;

bool names_parameter(const ast::Def& def, const ast::Expression& expression, bool without_shape) {
  const auto* reference = std::get_if<ast::Reference>(&expression.node);
  return reference != nullptr && std::ranges::any_of(def.parameters, [&](const ast::DefParameter& parameter) {
           return parameter.name.text == reference->name.text && !(without_shape && parameter.shape);
         });
}

/// Whether a parameter without a shape occurs in the expression.
bool has_parameter(const ast::Def& def, const ast::Expression& expression) {
  return ast::first_part(expression, [&](const ast::Expression& part) { return names_parameter(def, part, true); }) !=
         nullptr;
}

template <class Wanted>
bool any_part(const ast::Def& def, const Wanted& wanted) {
  return std::ranges::any_of(def.body, [&](const ast::Statement& statement) {
    return std::ranges::any_of(ast::expressions_of(statement), [&](const ast::Expression* expression) {
      return ast::first_part(*expression, wanted) != nullptr;
    });
  });
}

bool adapts(const std::vector<ast::Statement>& statements) {
  return std::ranges::any_of(statements, [](const ast::Statement& statement) {
    const auto* loop = std::get_if<ast::For>(&statement.node);
    return std::holds_alternative<ast::Adapt>(statement.node) || (loop != nullptr && adapts(loop->body));
  });
}

/// Itself, or a def that it calls.
bool adapts(const Checker& checker, const ast::Def& def) {  // NOLINT(misc-no-recursion): calls go to earlier defs
  return adapts(def.body) || any_part(def, [&](const ast::Expression& part) {
           const auto* call = std::get_if<ast::Call>(&part.node);
           const Definition* callee = call != nullptr ? checker.find_definition(call->callee.text) : nullptr;
           return callee != nullptr && callee->syntax != nullptr && !callee->in_library && callee->syntax != &def &&
                  adapts(checker, *callee->syntax);
         });
}

/// A call of a function whose arguments are no list of values, or of a def that needs instances itself, with something
/// that only a call knows.
bool call_asks_for_instance(const Checker& checker, const ast::Def& def, const ast::Call& call) {
  const Definition* callee = checker.find_definition(call.callee.text);
  const bool instance = callee != nullptr && callee->syntax != nullptr;
  if (!instance && !special_function(call.callee.text)) return false;
  if (instance && !callee->in_library && adapts(checker, *callee->syntax)) return true;
  return std::ranges::any_of(call.arguments,
                             [&](const ast::Argument& argument) { return has_parameter(def, *argument.value); });
}

/// support.pixels of a parameter, W[i] of one that was given no shape, indices and bounds that a parameter says.
bool asks_for_instance(const Checker& checker, const ast::Def& def, const ast::Expression& expression) {
  if (const auto* member = std::get_if<ast::Member>(&expression.node)) {
    return names_parameter(def, *member->operand, false);
  }
  if (const auto* index = std::get_if<ast::Index>(&expression.node)) {
    return names_parameter(def, *index->operand, true) || std::ranges::any_of(index->indices, [&](const auto& each) {
             return names_parameter(def, *each, false) || has_parameter(def, *each);
           });
  }
  if (std::holds_alternative<ast::Range>(expression.node)) return has_parameter(def, expression);
  const auto* call = std::get_if<ast::Call>(&expression.node);
  return call != nullptr && call_asks_for_instance(checker, def, *call);
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
  const bool has_defaults = std::ranges::any_of(
      def.parameters, [](const ast::DefParameter& parameter) { return parameter.value != nullptr; });
  return has_defaults || adapts(def.body) ||
         any_part(def, [&](const ast::Expression& part) { return asks_for_instance(checker, def, part); });
}

namespace {

/// While the body of a def is checked for a call of it.
class OpenInstance {
 public:
  OpenInstance(Checker& checker, const Definition& definition)
      : checker_(checker), outside_(checker.inside_library), def_outside_(checker.open_def) {
    checker.open_instances.push_back(definition.name);
    checker.inside_library = definition.in_library;
    checker.open_def = definition.syntax;
  }
  OpenInstance(const OpenInstance&) = delete;
  OpenInstance& operator=(const OpenInstance&) = delete;
  ~OpenInstance() {
    checker_.open_instances.pop_back();
    checker_.inside_library = outside_;
    checker_.open_def = def_outside_;
  }

 private:
  Checker& checker_;
  bool outside_;
  const ast::Def* def_outside_;
};

/// What the call gives for each parameter. Empty if an error was reported.
std::optional<Locals> given_arguments(const ExpressionContext& context, const ast::Call& call,
                                      const Definition& definition, Span span) {
  const ast::Def& def = *definition.syntax;
  std::vector<ParameterSpec> parameters;
  for (const ast::DefParameter& each : def.parameters) parameters.push_back({each.name.text, each.value == nullptr});
  const auto bound = bind_arguments(context.checker, call, span, parameters);
  if (!bound || context.checker.failed_instances.contains(definition.name)) return std::nullopt;
  Locals locals;
  for (size_t i = 0; i < bound->size(); ++i) {
    if (bound->at(i) == nullptr) continue;
    const auto binding = bind_argument(context, *bound->at(i));
    if (!binding || !check_argument(context, def.parameters[i], definition.name, *binding)) return std::nullopt;
    locals.emplace(def.parameters[i].name.text, *binding);
  }
  return locals;
}

/// The others are what the def says, in terms of the parameters before them.
bool add_defaults(const ExpressionContext& context, const ast::Def& def, Locals& locals) {
  for (const ast::DefParameter& parameter : def.parameters) {
    if (locals.contains(parameter.name.text)) continue;
    const auto binding = bind_argument(context, *parameter.value);
    if (!binding || !check_argument(context, parameter, def.name.text, *binding)) return false;
    locals.emplace(parameter.name.text, *binding);
  }
  return true;
}

}  // namespace

TermId instantiate_call(const ExpressionContext& context, const ast::Call& call, const Definition& definition,
                        Span span) {
  Checker& checker = context.checker;
  if (std::ranges::find(checker.open_instances, definition.name) != checker.open_instances.end()) {
    checker.diagnostics.report(Kind::recursive_call, span, {{"name", definition.name}});
    return {};
  }
  auto locals = given_arguments(context, call, definition, span);
  if (!locals) return {};
  const TermBuilder::Adapted before = context.builder.adapted_parameters();
  const size_t reported = checker.diagnostics.all().size();
  TermId result;
  {
    const OpenInstance open(checker, definition);
    BodyChecker body(checker, context.builder, *locals);
    const ExpressionContext inside{checker, context.builder, *locals};
    if (add_defaults(inside, *definition.syntax, *locals)) {
      body.check(definition.syntax->body);
      if (check_result(checker, *definition.syntax, body, context.builder)) result = body.result();
    }
  }
  context.builder.adapted_parameters() = before;
  if (!result.valid()) checker.failed_instances.insert(definition.name);
  checker.diagnostics.note_after(reported, "in this call of `" + definition.name + "`", span);
  return result;
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
