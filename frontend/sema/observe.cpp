#include "frontend/sema/observe.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/indexing.h"
#include "frontend/sema/network.h"

namespace tpc::sema {
namespace {

using diag::Kind;

std::string output_text(const Checker& checker) {
  const NetworkCall& network = *checker.network;
  std::string text = checker.definitions[network.definition].name + "(";
  for (size_t i = 0; i < network.fields.size(); ++i) text += (i > 0 ? ", " : "") + network.fields[i];
  return text + ")";
}

/// The data sets that the network can be applied to. Precondition: checker.network.
std::vector<std::string> sets_with_inputs(const Checker& checker) {
  std::vector<std::string> names;
  for (const DataSet& data_set : checker.program.data_sets) {
    if (has_network_inputs(checker, *checker.network, data_set)) names.push_back(data_set.name);
  }
  return names;
}

/// `z2`, or the element `h[3]` of a list. Empty if an error was reported.
std::optional<ast::Name> value_name(Checker& checker, const ast::Expression& expression) {
  if (const auto* reference = std::get_if<ast::Reference>(&expression.node)) return reference->name;
  const auto* index = std::get_if<ast::Index>(&expression.node);
  const auto* list = index != nullptr ? std::get_if<ast::Reference>(&index->operand->node) : nullptr;
  if (list == nullptr) {
    checker.diagnostics.report(Kind::value_name_expected, expression.span);
    return std::nullopt;
  }
  const std::string what = "an index of `" + list->name.text + "`";
  std::vector<int64_t> positions;
  for (const ast::ExpressionPtr& each : index->indices) {
    auto position = integer_value(checker, *each, what, -limits::index, limits::index);
    if (!position) return std::nullopt;
    positions.push_back(*position);
  }
  return ast::Name{element_name(list->name.text, positions), expression.span};
}

/// gram(z2): the network's value of this name must be a vector [n] that depends on the example.
void check_gram(Checker& checker, const ast::Expression& expression, const ast::Call& call, Observation& observation) {
  observation.kind = ObservationKind::gram;
  auto bound = bind_arguments(checker, call, expression.span, required({"z"}));
  if (!bound) return;
  const auto name = value_name(checker, *bound->front());
  if (!name) return;
  if (!settle_network(checker)) return;  // reported elsewhere
  const Definition& definition = checker.definitions[checker.network->definition];
  std::vector<std::string> names;
  observation.text = "gram(" + name->text + ")";
  for (const Local& local : definition.body.locals) {
    if (local.name == name->text) observation.value = local.value;
    names.push_back(local.name);
  }
  bool known = std::find(names.begin(), names.end(), name->text) != names.end();
  if (!known) checker.report_unknown(*name, names);
  if (!observation.value.valid()) return;
  const Body& body = definition.body;
  const Shape& shape = body.at(observation.value).shape;
  std::vector<bool> needed = terms_needed_for(body, observation.value);
  bool depends = false;
  for (size_t i = 0; i < needed.size(); ++i) {
    depends = depends || (needed[i] && std::holds_alternative<ArgumentTerm>(body.terms[i].op));
  }
  if (depends && shape == Shape{checker.program.width}) return;
  checker.diagnostics.report(Kind::gram_of, name->span,
                             {{"name", name->text},
                              {"shape", shape_text(shape) + (depends ? "" : ", not computed from them")},
                              {"width", checker.program.width}});
}

}  // namespace

void check_declaration(Checker& checker, const ast::Observe& observe) {
  Observation observation;
  observation.span = observe.span;
  const auto* call = std::get_if<ast::Call>(&observe.value->node);
  if (call != nullptr && call->callee.text == "gram") {
    check_gram(checker, *observe.value, *call, observation);
    observation.function = {ir::FunctionRole::observe, static_cast<uint32_t>(checker.program.observations.size())};
  } else {
    if (const auto* value = std::get_if<ast::Reference>(&observe.value->node)) {
      checker.diagnostics.report(Kind::network_call_expected, observe.value->span)
          .note("a value inside the network is observed by its inner products: `gram(" + value->name.text + ")`");
      return;
    }
    if (!check_network_call(checker, *observe.value)) return;
    observation.text = output_text(checker);
    observation.function = ir::FunctionRole::predict;
  }
  for (const ast::Name& name : observe.data_sets) {
    auto& names = observation.data_sets;
    if (std::find(names.begin(), names.end(), name.text) != names.end()) {
      checker.diagnostics.report(Kind::repeated_declaration, name.span, {{"what", "the data set `" + name.text + "`"}});
      continue;
    }
    const DataSet* data_set = find_data_set(checker, name);
    if (data_set == nullptr || !checker.network) continue;
    if (check_network_inputs(checker, *checker.network, *data_set, name.span)) names.push_back(name.text);
  }
  checker.program.observations.push_back(std::move(observation));
}

void add_default_observation(Checker& checker) {
  Program& program = checker.program;
  if (checker.network) {
    for (Observation& observation : program.observations) {
      if (observation.data_sets.empty()) observation.data_sets = sets_with_inputs(checker);  // no `on ...`
    }
  }
  bool has_outputs = std::any_of(program.observations.begin(), program.observations.end(),
                                 [](const Observation& o) { return o.kind == ObservationKind::outputs; });
  if (has_outputs || !checker.network) return;
  Observation observation;
  observation.text = output_text(checker);
  observation.function = ir::FunctionRole::predict;
  observation.data_sets = sets_with_inputs(checker);
  if (!observation.data_sets.empty()) program.observations.push_back(std::move(observation));
}

}  // namespace tpc::sema
