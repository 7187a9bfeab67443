#include "frontend/sema/record_names.h"

#include <algorithm>

#include <fmt/format.h>

#include "frontend/ast/walk.h"
#include "frontend/sema/body.h"

namespace tpc::sema {
namespace {

bool records(const Checker& checker) { return checker.recorded != nullptr && !checker.inside_library; }

NameKind kind_of(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::width: return NameKind::width;
    case SymbolKind::dimension: return NameKind::dimension;
    case SymbolKind::constant: return NameKind::constant;
    case SymbolKind::parameter: return NameKind::parameter;
    case SymbolKind::family: return NameKind::family;
    case SymbolKind::function: return NameKind::function;
    case SymbolKind::definition: return NameKind::definition;
    case SymbolKind::data_set: break;
  }
  return NameKind::data_set;
}

std::string type_of(const Checker& checker, const Symbol& symbol) {
  if (!symbol.usable) return "";
  const auto& parameters = checker.program.parameters;
  switch (symbol.kind) {
    case SymbolKind::dimension:
    case SymbolKind::constant: return fmt::format("{}", symbol.value);
    case SymbolKind::parameter: return shape_text(parameters[symbol.index].shape);
    case SymbolKind::family: {
      const size_t first = checker.families[symbol.index].parameters;
      return checker.families[symbol.index].empty() ? "" : shape_text(parameters[first].shape);
    }
    case SymbolKind::width:
    case SymbolKind::function:
    case SymbolKind::definition:
    case SymbolKind::data_set: break;
  }
  return "";
}

/// What made the values that names have here; null: that is not known.
const TermBuilder* builder_of_values(const ExpressionContext& context) {
  return context.place == Place::constant ? context.values : &context.builder;
}

NameUse meaning_of(const ExpressionContext& context, const ast::Name& name, const Binding& binding) {
  NameUse use{name.text, NameKind::value, name.span, binding.span};
  const TermBuilder* builder = builder_of_values(context);
  if (const auto* value = std::get_if<TermId>(&binding.meaning); value != nullptr && value->valid()) {
    if (builder != nullptr) use.type = shape_text(builder->shape(*value));
  } else if (std::holds_alternative<List>(binding.meaning)) {
    use.kind = NameKind::list;
  } else if (std::holds_alternative<FamilyPart>(binding.meaning)) {
    use.kind = NameKind::family;
  } else if (std::holds_alternative<Counter>(binding.meaning)) {
    use.kind = NameKind::variable;
  }
  return use;
}

/// The declaration of a parameter of the def that is checked for a call; null: it has none of this name.
const ast::DefParameter* parameter_of(const ast::Def* def, const std::string& name) {
  if (def == nullptr) return nullptr;
  const auto text = [](const ast::DefParameter& parameter) { return parameter.name.text; };
  const auto found = std::ranges::find(def->parameters, name, text);
  return found != def->parameters.end() ? &*found : nullptr;
}

void record_if_name(const ExpressionContext& context, const ast::Expression& expression) {
  const auto* member = std::get_if<ast::Member>(&expression.node);
  const auto* reference = std::get_if<ast::Reference>(member != nullptr ? &member->operand->node : &expression.node);
  if (reference == nullptr) return;
  const auto local = context.locals.find(reference->name.text);
  if (local == context.locals.end()) return record_name(context.checker, reference->name);
  record_local(context, reference->name, local->second);
}

/// The expression's own names and those of all its parts.
void record_parts(const ExpressionContext& context, const ast::Expression& expression) {
  record_names(context, expression);
  for (const ast::Expression* part : ast::parts_of(expression)) {  // NOLINT(misc-no-recursion): as deep as the text
    record_parts(context, *part);
  }
}

const ast::Def* def_of(const Checker& checker, const std::string& name) {
  for (const ast::Declaration& declaration : checker.syntax.declarations) {
    const auto* def = std::get_if<ast::Def>(&declaration);
    if (def != nullptr && def->name.text == name) return def;
  }
  return nullptr;
}

void record_call(const ExpressionContext& context, const ast::Call& call) {
  record_name(context.checker, call.callee);
  const ast::Def* def = nullptr;
  for (const ast::Argument& argument : call.arguments) {
    record_if_name(context, *argument.value);
    if (!argument.keyword) continue;
    if (def == nullptr) def = def_of(context.checker, call.callee.text);
    const ast::DefParameter* parameter = parameter_of(def, argument.keyword->text);
    if (parameter == nullptr) continue;
    context.checker.recorded->add(
        {argument.keyword->text, NameKind::argument, argument.keyword->span, parameter->name.span});
  }
}

/// The names of groups of fields: `support` of support(pixels[d], label).
void declare_groups(const Checker& checker) {
  for (const ast::Declaration& declaration : checker.syntax.declarations) {
    const auto* data = std::get_if<ast::Data>(&declaration);
    if (data == nullptr) continue;
    for (const ast::DataPart& part : data->parts) {
      for (const ast::DataField& field : part.fields) {
        if (field.members.empty()) continue;
        checker.recorded->declare({field.name.text, NameKind::field, field.name.span, field.name.span, "a group"});
      }
    }
  }
}

void declare_symbols(const Checker& checker) {
  for (const auto& [name, symbol] : checker.symbols) {
    checker.recorded->declare({name, kind_of(symbol.kind), symbol.span, symbol.span, type_of(checker, symbol)});
  }
  declare_groups(checker);
  for (const DataSet& data_set : checker.program.data_sets) {
    for (const DataField& field : data_set.fields) {
      const std::string name = field.name.substr(field.group.empty() ? 0 : field.group.size() + 1);
      const std::string type = field.space.empty() ? shape_text(field.dims) : "index of " + field.space;
      checker.recorded->declare({name, NameKind::field, field.span, field.span, type});
    }
  }
}

/// A def that is checked for each call of it, and was not: its names without types. What is wrong in it is nobody's
/// error as long as nobody calls it.
void record_uncalled(Checker& checker, const Definition& definition) {
  const ast::Def& def = *definition.syntax;
  diag::Engine unsaid;
  Body body;
  TermBuilder builder(body, checker.program, checker.term_budget, unsaid);
  Locals locals;
  for (const ast::DefParameter& parameter : def.parameters) {
    locals.emplace(parameter.name.text, Binding{parameter.name.span, TermId()});
  }
  const diag::Engine said = std::exchange(checker.diagnostics, unsaid);
  BodyChecker(checker, builder, locals).check(def.body);
  checker.diagnostics = said;
}

}  // namespace

void record_name(const Checker& checker, const ast::Name& name) {
  if (!records(checker)) return;
  if (const Symbol* symbol = checker.find(name.text)) {
    checker.recorded->add({name.text, kind_of(symbol->kind), name.span, symbol->span, type_of(checker, *symbol)});
  } else if (const Definition* definition = checker.find_in_library(name.text)) {
    checker.recorded->add({name.text, NameKind::definition, name.span, definition->span});
  }
}

void record_local(const ExpressionContext& context, const ast::Name& name, const Binding& binding) {
  if (!records(context.checker)) return;
  NameUse use = meaning_of(context, name, binding);
  const ast::DefParameter* parameter = parameter_of(context.checker.open_def, name.text);
  if (parameter != nullptr) use.declared = parameter->name.span;
  context.checker.recorded->add(use);
}

void record_binding(const Checker& checker, const TermBuilder& builder, const ast::Name& name, NameKind kind,
                    TermId value) {
  if (!records(checker)) return;
  const std::string type = value.valid() ? shape_text(builder.shape(value)) : "";
  checker.recorded->add({name.text, kind, name.span, name.span, type});
}

void record_names(const ExpressionContext& context, const ast::Expression& expression) {
  if (!records(context.checker)) return;
  if (const auto* call = std::get_if<ast::Call>(&expression.node)) return record_call(context, *call);
  const auto* index = std::get_if<ast::Index>(&expression.node);
  if (index == nullptr) return record_if_name(context, expression);
  record_if_name(context, *index->operand);
  for (const ast::ExpressionPtr& each : index->indices) record_if_name(context, *each);
}

void record_unchecked(const ExpressionContext& context, const ast::Statement& statement) {
  if (!records(context.checker)) return;
  for (const ast::Expression* expression : ast::expressions_of(statement)) record_parts(context, *expression);
}

void record_fields(const Checker& checker, const ast::Call& call, const DataSet& data_set) {
  if (!records(checker)) return;
  record_name(checker, call.callee);
  for (const ast::Argument& argument : call.arguments) {
    const auto* reference = std::get_if<ast::Reference>(&argument.value->node);
    if (reference == nullptr) continue;
    const ast::Name& name = reference->name;
    const auto field = std::ranges::find(data_set.fields, name.text, &DataField::name);
    if (field != data_set.fields.end()) checker.recorded->add({name.text, NameKind::field, name.span, field->span});
  }
}

void record_observed(const Checker& checker, const ast::Name& name, const Body& network) {
  if (!records(checker)) return;
  const auto local = std::ranges::find(network.locals, name.text, &Local::name);
  if (local == network.locals.end()) return;
  const std::string type = local->value.valid() ? shape_text(network.at(local->value).shape) : "";
  checker.recorded->add({name.text, NameKind::value, name.span, local->span, type});
}

void finish_names(Checker& checker) {
  if (!records(checker)) return;
  declare_symbols(checker);
  const size_t count = checker.definitions.size();
  for (size_t i = 0; i < count; ++i) {
    const Definition definition = checker.definitions[i];
    if (definition.syntax == nullptr) continue;
    for (const ast::DefParameter& parameter : definition.syntax->parameters) {
      checker.recorded->add({parameter.name.text, NameKind::argument, parameter.name.span, parameter.name.span});
    }
    const bool reached = std::ranges::any_of(definition.syntax->body, [&](const ast::Statement& statement) {
      const auto span_of = [](const auto& node) { return node.span; };
      const Span span = std::visit(span_of, statement.node);
      const auto first = checker.recorded->all().lower_bound(span.begin);
      return first != checker.recorded->all().end() && first->first < span.end;
    });
    if (!reached) record_uncalled(checker, definition);
  }
  checker.recorded->settle();
}

}  // namespace tpc::sema
