#include "frontend/sema/parameters.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/indexing.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// How a parameter's dimensions grow decides its row in the tables of math.md section 1. Empty: no such kind of weight.
std::optional<ir::Role> role_of(const Shape& shape, const Program& program) {
  const size_t widths = width_count(program, shape);
  if (widths == 0) return ir::Role::finite;
  if (widths == 2 && shape.size() == 2) return ir::Role::hidden;
  if (widths != 1) return std::nullopt;
  if (shape.size() == 1) return ir::Role::vector;
  if (width_of(program, shape.front()) != nullptr) return ir::Role::input;
  if (width_of(program, shape.back()) != nullptr) return ir::Role::output;
  return std::nullopt;
}

/// `zero`, or the name of `normal(...)` and `constant(...)`; empty: something else.
ast::Name init_name(const ast::Expression& init) {
  if (const auto* call = std::get_if<ast::Call>(&init.node)) return call->callee;
  if (const auto* reference = std::get_if<ast::Reference>(&init.node)) return reference->name;
  return {"", init.span};
}

/// A spread or value of 0 is the zero initialisation: sigma = 0.
ir::Init init_with(ir::InitKind kind, double value) { return value == 0.0 ? ir::Init{} : ir::Init{kind, value}; }

/// npy("start.npy"): the values themselves. What they are a draw of is not known: entries of the usual size.
std::optional<ir::Init> check_start(Checker& checker, const ast::Call& call, const ast::Param& param,
                                    std::string& start) {
  const auto bound = bind_arguments(checker, call, param.init->span, {{"path"}});
  const auto* path = bound ? std::get_if<ast::Text>(&bound->front()->node) : nullptr;
  if (path == nullptr || path->value.empty()) {
    if (bound) checker.diagnostics.report(Kind::path_expected, bound->front()->span, {{"format", "npy"}});
    return std::nullopt;
  }
  start = path->value;
  return ir::Init{ir::InitKind::gaussian, 1.0};
}

std::optional<ir::Init> check_init(Checker& checker, const ast::Param& param, ir::Role role, std::string& start) {
  if (param.init == nullptr) {
    checker.report_missing(Kind::missing_init, param.span, {{"name", param.name.text}},
                           diag::insertion(param.shape.span.end, " init normal(std = 1)"));
    return std::nullopt;
  }
  ast::Name name = init_name(*param.init);
  const auto* call = std::get_if<ast::Call>(&param.init->node);
  if (name.text == "zero" && (call == nullptr || call->arguments.empty())) return ir::Init{};
  if (call != nullptr && name.text == "npy") return check_start(checker, *call, param, start);
  if (call == nullptr || (name.text != "normal" && name.text != "constant")) {
    const std::vector<std::string> forms = {"normal(std = ...)", "zero", "constant(...)", "npy(\"start.npy\")"};
    if (name.text.empty()) {
      checker.report_choice_expected("an initialisation", name.span, forms);
    } else if (name.text == "normal" || name.text == "constant") {
      checker.diagnostics.report(Kind::arguments_expected, name.span, {{"name", name.text}});
    } else {
      checker.report_unknown_choice("initialisation", name, forms);
    }
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

/// The members of a family; no range for a single parameter. Empty if an error was reported.
std::optional<Family> check_members(Checker& checker, const ast::Param& param) {
  Family family{{}, checker.program.parameters.size()};
  const auto room = static_cast<int64_t>(limits::parameters - checker.program.parameters.size());
  int64_t count = 1;
  for (const ast::ExpressionPtr& member : param.members) {
    const auto& range = std::get<ast::Range>(member->node);
    auto bound = [&](const ast::Expression& value) {
      return integer_value(checker, value, "an index of `" + param.name.text + "`", -limits::index, limits::index);
    };
    const auto first = bound(*range.first);
    const auto last = bound(*range.last);
    if (!first || !last) return std::nullopt;
    family.ranges.push_back({*first, std::max(*last, *first - 1)});
    count = std::min(count * family.ranges.back().size(), limits::index);
  }
  if (count <= room) return family;
  if (!checker.too_many_parameters) {
    checker.diagnostics.report(Kind::too_many_parameters, param.name.span,
                               {{"limit", std::to_string(limits::parameters)}});
  }
  checker.too_many_parameters = true;
  return std::nullopt;
}

/// All indices of a family in the order of its members; one without indices for a single parameter.
std::vector<std::vector<int64_t>> all_indices(const Family& family) {
  std::vector<std::vector<int64_t>> result{{}};
  for (const IndexRange& range : family.ranges) {
    std::vector<std::vector<int64_t>> longer;
    for (const std::vector<int64_t>& indices : result) {
      for (int64_t i = range.first; i <= range.last; ++i) {
        longer.push_back(indices);
        longer.back().push_back(i);
      }
    }
    result = std::move(longer);
  }
  return result;
}

/// Members of a family have a file each: weights[2,1].npy for weights.npy.
std::string member_path(const std::string& path, const std::vector<int64_t>& indices) {
  const size_t dot = path.rfind('.');
  const size_t stem = dot != std::string::npos && path.find('/', dot) == std::string::npos ? dot : path.size();
  return element_name(path.substr(0, stem), indices) + path.substr(stem);
}

/// All but its name: what every member of a family has in common.
struct Description {
  Parameter parameter;
  bool usable = false;  ///< the shape is right, so that uses can be checked
};

Description describe(Checker& checker, const ast::Param& param) {
  auto shape = check_shape(checker, param.shape, true);
  auto role = shape ? role_of(*shape, checker.program) : std::nullopt;
  if (shape && !role) {
    checker.diagnostics.report(
        Kind::parameter_shape, param.shape.span,
        {{"name", param.name.text}, {"shape", shape_text(*shape)}, {"width", checker.program.width}});
  }
  Description result;
  result.usable = role.has_value();
  result.parameter.shape = shape.value_or(Shape{});
  result.parameter.role = role.value_or(ir::Role::input);
  result.parameter.init =
      check_init(checker, param, result.parameter.role, result.parameter.start).value_or(ir::Init{});
  result.parameter.span = param.name.span;
  if (param.learning_rate != nullptr) {
    auto factor = nonnegative_value(checker, *param.learning_rate, "the learning-rate factor");
    result.parameter.learning_rate_factor = factor.value_or(1.0);
  }
  if (const auto given = number_override(checker, param.name.text + ".lr", 0.0)) {
    result.parameter.learning_rate_factor = *given;
  }
  return result;
}

}  // namespace

bool Family::empty() const {
  return std::any_of(ranges.begin(), ranges.end(), [](const IndexRange& range) { return range.size() == 0; });
}

size_t Family::parameter_at(const std::vector<int64_t>& indices) const {
  size_t place = 0;
  for (size_t i = 0; i < ranges.size(); ++i) {
    place = place * static_cast<size_t>(ranges[i].size()) + static_cast<size_t>(indices[i] - ranges[i].first);
  }
  return parameters + place;
}

void check_declaration(Checker& checker, const ast::Param& param) {
  const std::optional<Family> members = check_members(checker, param);
  Description description = describe(checker, param);
  const bool is_family = !param.members.empty();
  Symbol symbol{.kind = is_family ? SymbolKind::family : SymbolKind::parameter,
                .index = is_family ? checker.families.size() : checker.program.parameters.size(),
                .usable = description.usable && members.has_value()};
  if (!checker.declare(param.name, symbol) || !members) return;
  if (is_family) checker.families.push_back(*members);
  for (const std::vector<int64_t>& indices : all_indices(*members)) {
    Parameter& parameter = checker.program.parameters.emplace_back(description.parameter);
    parameter.name = is_family ? element_name(param.name.text, indices) : param.name.text;
    if (!is_family) continue;
    parameter.family = param.name.text;
    if (!parameter.start.empty()) parameter.start = member_path(parameter.start, indices);
  }
}

}  // namespace tpc::sema
