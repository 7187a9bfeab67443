#include "frontend/sema/declarations.h"

#include <limits>

#include "base/diag/check.h"
#include "frontend/sema/body.h"
#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/index_spaces.h"
#include "frontend/sema/indexing.h"
#include "frontend/sema/instances.h"
#include "frontend/sema/list_elements.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// The names a fn or def binds; reports those that are taken.
bool bind_local(Checker& checker, Locals& locals, const ast::Name& name, TermId value) {
  const bool taken = checker.report_if_taken(name);
  auto [place, inserted] = locals.emplace(name.text, Binding{name.span, value});
  if (inserted) return !taken;
  checker.diagnostics.report(Kind::shadowing, name.span, {{"name", name.text}, {"what", "another parameter"}})
      .note("declared here", place->second.span);
  return false;
}

/// Parameters of a def: their names, shapes and argument terms. False if one is in error.
bool bind_parameters(Checker& checker, const ast::Def& def, TermBuilder& builder, Locals& locals,
                     Definition& definition) {
  bool valid = true;
  for (const ast::DefParameter& parameter : def.parameters) {
    auto shape = parameter.shape ? check_shape(checker, *parameter.shape, true) : std::optional<Shape>(Shape{});
    TermId value;
    if (shape) value = builder.argument(definition.parameters.size(), *shape, parameter.name.span);
    record_binding(checker, builder, parameter.name, NameKind::argument, value);
    bool bound = bind_local(checker, locals, parameter.name, value);
    valid = valid && bound && shape.has_value();
    definition.parameters.push_back(parameter.name.text);
    definition.shapes.push_back(shape.value_or(Shape{}));
  }
  return valid;
}

std::vector<Local> named_values(const Locals& locals) {
  std::vector<Local> values;
  for (const auto& [name, binding] : locals) {
    if (const auto* value = std::get_if<TermId>(&binding.meaning)) values.push_back({name, *value, binding.span});
    const auto* list = std::get_if<List>(&binding.meaning);
    if (list == nullptr) continue;
    for (const auto& [indices, value] : list->elements) {
      values.push_back({element_name(name, indices), value, binding.span, name, indices});
    }
  }
  return values;
}

}  // namespace

void check_declaration(Checker& checker, const ast::Dim& dim) {
  if (is_index_source(*dim.size)) return declare_index_space(checker, dim);
  const std::string what = "the size of a dimension";
  auto size = integer_value(checker, *dim.size, what, 1, limits::dimension);
  if (auto given = integer_override(checker, dim.name.text, 1, limits::dimension)) size = given;
  Symbol symbol{
      .kind = SymbolKind::dimension, .value = static_cast<double>(size.value_or(1)), .usable = size.has_value()};
  if (checker.declare(dim.name, symbol)) {
    checker.program.dims.push_back({dim.name.text, size.value_or(1), dim.name.span});
  }
}

void check_declaration(Checker& checker, const ast::Constant& constant) {
  auto value = constant_value(checker, *constant.value);
  if (auto given = number_override(checker, constant.name.text, std::numeric_limits<double>::lowest())) value = given;
  checker.declare(constant.name,
                  {.kind = SymbolKind::constant, .value = value.value_or(0.0), .usable = value.has_value()});
}

namespace {

/// The function's own body, or with `--set act=relu` relu of its parameters. Null if an error was reported.
ast::ExpressionPtr body_of(Checker& checker, const ast::Fn& fn) {
  const std::string* given = checker.override_of(fn.name.text);
  if (given == nullptr) return fn.body;
  const Symbol* symbol = checker.find(*given);
  const auto builtin = builtin_parameters(*given);
  const bool fits = symbol != nullptr && symbol->kind == SymbolKind::function
                        ? checker.functions[symbol->index].parameters.size() == fn.parameters.size()
                        : builtin && is_coordinatewise(*given) && builtin->size() == fn.parameters.size();
  if (!fits) {
    report_override(
        checker, fn.name.text, *given,
        fn.parameters.size() == 1 ? "a function of one number such as `relu`" : "a function of as many numbers");
    return nullptr;
  }
  ast::Call call{{*given, fn.span}, {}};
  for (const ast::Name& parameter : fn.parameters) {
    const ast::Expression value{ast::Reference{parameter}, parameter.span};
    call.arguments.push_back({std::nullopt, std::make_shared<const ast::Expression>(value)});
  }
  return std::make_shared<const ast::Expression>(ast::Expression{call, fn.span});
}

}  // namespace

void check_declaration(Checker& checker, const ast::Fn& fn) {
  Function function;
  Locals locals;
  TermBuilder builder(function.body, checker.program, checker.term_budget, checker.diagnostics);
  bool valid = true;
  for (const ast::Name& parameter : fn.parameters) {
    TermId value = builder.argument(function.parameters.size(), {}, parameter.span);
    record_binding(checker, builder, parameter, NameKind::argument, value);
    valid = bind_local(checker, locals, parameter, value) && valid;
    function.parameters.push_back(parameter.text);
  }
  checker.current_function = fn.name.text;
  const ast::ExpressionPtr body = body_of(checker, fn);
  if (body != nullptr) function.body.result = check_expression({checker, builder, locals, Place::function}, *body);
  checker.current_function.clear();
  valid = valid && function.body.result.valid();
  Symbol symbol{.kind = SymbolKind::function, .index = checker.functions.size(), .usable = valid};
  if (checker.declare(fn.name, symbol)) checker.functions.push_back(std::move(function));
}

namespace {

/// A def that is checked for each call: only its names are known.
void declare_for_instances(Checker& checker, const ast::Def& def) {
  Definition definition{.name = def.name.text, .parameters = {}, .shapes = {}, .body = {}, .span = def.name.span};
  definition.syntax = &def;
  bool valid = true;
  Locals names;
  for (const ast::DefParameter& parameter : def.parameters) {
    valid = bind_local(checker, names, parameter.name, {}) && valid;
    definition.parameters.push_back(parameter.name.text);
    definition.shapes.emplace_back();
  }
  Symbol symbol{.kind = SymbolKind::definition, .index = checker.definitions.size(), .usable = valid};
  if (checker.declare(def.name, symbol)) checker.definitions.push_back(std::move(definition));
}

/// The def's body as a call of itself, of its own parameters.
DefinitionCall own_call(const Definition& definition) {
  DefinitionCall call{definition.name, std::vector<TermId>(definition.parameters.size()), definition.body.result};
  for (size_t i = 0; i < definition.body.terms.size(); ++i) {
    const auto* argument = std::get_if<ArgumentTerm>(&definition.body.terms[i].op);
    if (argument != nullptr) call.arguments[argument->index] = TermId(i);
  }
  return call;
}

}  // namespace

void declare_library(Checker& checker) {
  if (checker.syntax.library == nullptr) return;
  for (const ast::Def& def : *checker.syntax.library) {
    checker.library[def.name.text] = {.name = def.name.text,
                                      .parameters = {},
                                      .shapes = {},
                                      .body = {},
                                      .span = def.name.span,
                                      .syntax = &def,
                                      .in_library = true};
  }
}

void check_declaration(Checker& checker, const ast::Def& def) {
  if (needs_instances(checker, def)) return declare_for_instances(checker, def);
  Definition definition{.name = def.name.text, .parameters = {}, .shapes = {}, .body = {}, .span = def.name.span};
  Locals locals;
  TermBuilder builder(definition.body, checker.program, checker.term_budget, checker.diagnostics);
  bool valid = bind_parameters(checker, def, builder, locals, definition);
  BodyChecker body(checker, builder, locals);
  checker.current_function = def.name.text;
  body.check(def.body);
  checker.current_function.clear();
  TPC_CHECK(!builder.loop_to_repeat(), "a loop outside of all loops cannot be repeated");
  valid = check_result(checker, def, body, builder) && valid;
  definition.body.result = body.result();
  for (auto& [name, local] : locals) {
    if (auto* list = std::get_if<List>(&local.meaning)) write_out_families(builder, *list, local.span);
  }
  definition.body.locals = named_values(locals);
  if (definition.body.result.valid()) definition.body.calls.push_back(own_call(definition));
  Symbol symbol{.kind = SymbolKind::definition, .index = checker.definitions.size(), .usable = valid};
  if (checker.declare(def.name, symbol)) checker.definitions.push_back(std::move(definition));
}

}  // namespace tpc::sema
