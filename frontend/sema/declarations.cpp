#include "frontend/sema/declarations.h"

#include <algorithm>
#include <limits>

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/expressions.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// How a parameter's dimensions grow decides its row in the tables of math.md section 1. Empty: no such kind of weight.
std::optional<ir::Role> role_of(const Shape& shape, const std::string& width) {
  auto widths = std::count(shape.begin(), shape.end(), width);
  if (widths == 0) return ir::Role::finite;
  if (widths == 2 && shape.size() == 2) return ir::Role::hidden;
  if (widths != 1) return std::nullopt;
  if (shape.size() == 1) return ir::Role::vector;
  if (shape.front() == width) return ir::Role::input;
  if (shape.back() == width) return ir::Role::output;
  return std::nullopt;
}

/// `zero`, or the name of `normal(...)` and `constant(...)`.
ast::Name init_name(const ast::Expression& init) {
  if (const auto* call = std::get_if<ast::Call>(&init.node)) return call->callee;
  if (const auto* reference = std::get_if<ast::Reference>(&init.node)) return reference->name;
  return {"this", init.span};
}

/// A spread or value of 0 is the zero initialisation: sigma = 0.
ir::Init init_with(ir::InitKind kind, double value) { return value == 0.0 ? ir::Init{} : ir::Init{kind, value}; }

std::optional<ir::Init> check_init(Checker& checker, const ast::Param& param, ir::Role role) {
  if (param.init == nullptr) {
    checker.report_missing(Kind::missing_init, param.span, {{"name", param.name.text}});
    return std::nullopt;
  }
  ast::Name name = init_name(*param.init);
  const auto* call = std::get_if<ast::Call>(&param.init->node);
  if (name.text == "zero" && (call == nullptr || call->arguments.empty())) return ir::Init{};
  if (call == nullptr || (name.text != "normal" && name.text != "constant")) {
    checker.report_unknown_choice("initialisation", name, {"normal(std = ...)", "zero", "constant(...)"});
    return std::nullopt;
  }
  bool normal = name.text == "normal";
  auto bound = bind_arguments(checker, *call, param.init->span, {{normal ? "std" : "value", true}});
  if (!bound) return std::nullopt;
  if (normal) {
    auto spread = nonnegative_value(checker, *bound->front(), "a standard deviation");
    return spread ? std::optional(init_with(ir::InitKind::gaussian, *spread)) : std::nullopt;
  }
  auto value = constant_value(checker, *bound->front());
  if (value && *value != 0.0 && role == ir::Role::hidden) {
    checker.diagnostics.report(Kind::constant_matrix_init, param.init->span, {{"name", param.name.text}});
    return std::nullopt;
  }
  return value ? std::optional(init_with(ir::InitKind::constant, *value)) : std::nullopt;
}

/// The names a fn or def binds; reports those that are taken.
bool bind_local(Checker& checker, Locals& locals, const ast::Name& name, TermId value) {
  const bool taken = checker.report_if_taken(name);
  auto [place, inserted] = locals.emplace(name.text, Local{name.text, value, name.span});
  if (inserted) return !taken;
  checker.diagnostics.report(Kind::shadowing, name.span, {{"name", name.text}, {"what", "another parameter"}})
      .note("declared here", place->second.span);
  return false;
}

/// Statements of a def, in order. The value of the return, or not valid.
class BodyChecker {
 public:
  BodyChecker(Checker& checker, TermBuilder& builder, Locals& locals)
      : checker_(checker), builder_(builder), locals_(locals) {}

  void operator()(const ast::Assignment& assignment) {
    if (refuse_after_return(assignment.span)) return;
    size_t before = builder_.body().terms.size();
    TermId value = check_expression({checker_, builder_, locals_}, *assignment.value);
    const ast::Name& target = assignment.target;
    bool known = locals_.contains(target.text);
    if (!known && checker_.report_if_taken(target)) return;
    locals_[target.text] = {target.text, value, target.span};
    if (!value.valid() || value.index < before) return;  // `h = x` makes no new value
    name_term(builder_.body().terms[value.index], target.text);
  }

  void operator()(const ast::Return& statement) {
    if (refuse_after_return(statement.span)) return;
    returned_ = true;
    returned_span_ = statement.value->span;
    result_ = check_expression({checker_, builder_, locals_}, *statement.value);
  }

  [[nodiscard]] bool returned() const { return returned_; }
  [[nodiscard]] TermId result() const { return result_; }
  [[nodiscard]] Span returned_span() const { return returned_span_; }

 private:
  bool refuse_after_return(Span span) {
    if (returned_) checker_.diagnostics.report(Kind::statement_after_return, span);
    return returned_;
  }
  /// Weights keep their own name.
  static void name_term(Term& term, const std::string& name) {
    if (!std::holds_alternative<ParameterTerm>(term.op)) term.name = name;
  }

  Checker& checker_;
  TermBuilder& builder_;
  Locals& locals_;
  bool returned_ = false;
  Span returned_span_;
  TermId result_;
};

/// Parameters of a def: their names, shapes and argument terms. False if one is in error.
bool bind_parameters(Checker& checker, const ast::Def& def, TermBuilder& builder, Locals& locals,
                     Definition& definition) {
  bool valid = true;
  for (const ast::DefParameter& parameter : def.parameters) {
    auto shape = parameter.shape ? check_shape(checker, *parameter.shape, true) : std::optional<Shape>(Shape{});
    TermId value;
    if (shape) value = builder.argument(definition.parameters.size(), *shape, parameter.name.span);
    bool bound = bind_local(checker, locals, parameter.name, value);
    valid = valid && bound && shape.has_value();
    definition.parameters.push_back(parameter.name.text);
    definition.shapes.push_back(shape.value_or(Shape{}));
  }
  return valid;
}

/// The return must be there and have the declared shape.
bool check_result(Checker& checker, const ast::Def& def, const BodyChecker& body, const TermBuilder& builder) {
  if (!body.returned()) {
    checker.report_missing(Kind::missing_return, def.name.span, {{"name", def.name.text}});
    return false;
  }
  std::optional<Shape> declared;
  if (def.result) {
    declared = check_shape(checker, *def.result, true);
    if (!declared) return false;
  }
  if (!body.result().valid()) return false;
  const Shape& found = builder.shape(body.result());
  if (!declared || found == *declared) return true;
  checker.diagnostics
      .report(Kind::result_shape, body.returned_span(),
              {{"name", def.name.text}, {"found", shape_text(found)}, {"declared", shape_text(*declared)}})
      .note("declared here", def.result->span);
  return false;
}

}  // namespace

void check_declaration(Checker& checker, const ast::Width& width) {
  if (!checker.program.width.empty()) {
    checker.diagnostics.report(Kind::repeated_declaration, width.span, {{"what", "the width"}})
        .note("first declared here", checker.find(checker.program.width)->span);
    return;
  }
  if (checker.declare(width.name, {.kind = SymbolKind::width})) checker.program.width = width.name.text;
}

void check_declaration(Checker& checker, const ast::Dim& dim) {
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

void check_declaration(Checker& checker, const ast::Param& param) {
  std::vector<Parameter>& parameters = checker.program.parameters;
  if (parameters.size() == limits::parameters) {
    checker.diagnostics.report(Kind::too_many_parameters, param.name.span,
                               {{"limit", std::to_string(limits::parameters)}});
  }
  if (parameters.size() >= limits::parameters) return;
  auto shape = check_shape(checker, param.shape, true);
  auto role = shape ? role_of(*shape, checker.program.width) : std::nullopt;
  if (shape && !role) {
    checker.diagnostics.report(
        Kind::parameter_shape, param.shape.span,
        {{"name", param.name.text}, {"shape", shape_text(*shape)}, {"width", checker.program.width}});
  }
  auto init = check_init(checker, param, role.value_or(ir::Role::input));
  Symbol symbol{.kind = SymbolKind::parameter, .index = parameters.size(), .usable = role.has_value()};
  if (!checker.declare(param.name, symbol)) return;
  Parameter& parameter = parameters.emplace_back();
  parameter.name = param.name.text;
  parameter.shape = shape.value_or(Shape{});
  parameter.role = role.value_or(ir::Role::input);
  parameter.init = init.value_or(ir::Init{});
  parameter.span = param.name.span;
}

void check_declaration(Checker& checker, const ast::Fn& fn) {
  Function function;
  Locals locals;
  TermBuilder builder(function.body, checker.program.width, checker.term_budget, checker.diagnostics);
  bool valid = true;
  for (const ast::Name& parameter : fn.parameters) {
    TermId value = builder.argument(function.parameters.size(), {}, parameter.span);
    valid = bind_local(checker, locals, parameter, value) && valid;
    function.parameters.push_back(parameter.text);
  }
  checker.current_function = fn.name.text;
  function.body.result = check_expression({checker, builder, locals, Place::function}, *fn.body);
  checker.current_function.clear();
  valid = valid && function.body.result.valid();
  Symbol symbol{.kind = SymbolKind::function, .index = checker.functions.size(), .usable = valid};
  if (checker.declare(fn.name, symbol)) checker.functions.push_back(std::move(function));
}

void check_declaration(Checker& checker, const ast::Def& def) {
  Definition definition{.name = def.name.text, .parameters = {}, .shapes = {}, .body = {}, .span = def.name.span};
  Locals locals;
  TermBuilder builder(definition.body, checker.program.width, checker.term_budget, checker.diagnostics);
  bool valid = bind_parameters(checker, def, builder, locals, definition);
  BodyChecker body(checker, builder, locals);
  checker.current_function = def.name.text;
  for (const ast::Statement& statement : def.body) std::visit(body, statement);
  checker.current_function.clear();
  valid = check_result(checker, def, body, builder) && valid;
  definition.body.result = body.result();
  for (const auto& [name, local] : locals) definition.body.locals.push_back(local);
  Symbol symbol{.kind = SymbolKind::definition, .index = checker.definitions.size(), .usable = valid};
  if (checker.declare(def.name, symbol)) checker.definitions.push_back(std::move(definition));
}

}  // namespace tpc::sema
