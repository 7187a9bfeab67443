#include "frontend/sema/observe.h"

#include <algorithm>

#include "frontend/ast/printer.h"
#include "frontend/sema/builtins.h"
#include "frontend/sema/comparison.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/indexing.h"
#include "frontend/sema/instances.h"
#include "frontend/sema/named_vectors.h"
#include "frontend/sema/network.h"
#include "frontend/sema/record_names.h"

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
    const bool endless = data_set.source == SourceKind::episodes && data_set.episodes.endless();
    if (!endless && has_network_inputs(checker, *checker.network, data_set)) names.push_back(data_set.name);
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
  record_observed(checker, *name, definition.body);
  if (!observation.value.valid()) return;
  const Body& body = definition.body;
  const Shape& shape = body.at(observation.value).shape;
  std::vector<bool> needed = terms_needed_for(body, observation.value);
  bool depends = false;
  for (size_t i = 0; i < needed.size(); ++i) {
    depends = depends || (needed[i] && std::holds_alternative<ArgumentTerm>(body.terms[i].op));
  }
  if (depends && shape.size() == 1 && width_count(checker.program, shape) == 1) return;
  checker.diagnostics.report(Kind::gram_of, name->span,
                             {{"name", name->text},
                              {"shape", shape_text(shape) + (depends ? "" : ", not computed from them")},
                              {"width", checker.program.width}});
}

const ast::Call* accuracy_call(const ast::Expression& expression) {
  const auto* call = std::get_if<ast::Call>(&expression.node);
  return call != nullptr && call->callee.text == "accuracy" ? call : nullptr;
}

/// A loss, accuracy, or an expression of losses; other calls are the network.
bool is_measure(const ast::Expression& expression) {
  if (std::holds_alternative<ast::Reference>(expression.node)) return false;
  const auto* call = std::get_if<ast::Call>(&expression.node);
  return call == nullptr || accuracy_call(expression) != nullptr || loss_from_name(call->callee.text);
}

/// A call of the def that is the loss of the training itself.
bool is_own_loss(const Checker& checker, const ast::Expression& expression) {
  const auto* call = std::get_if<ast::Call>(&expression.node);
  const auto& train = checker.program.train;
  if (call == nullptr || !train || !checker.network) return false;
  const Definition& network = checker.definitions[checker.network->definition];
  return call->callee.text == network.name && train->loss.result.valid() && train->loss.result == network.body.result;
}

/// accuracy(f, label): the share of rows whose largest score is that of the label.
TermId check_accuracy(const ExpressionContext& context, const ast::Call& call, Span span, const DataSet& data_set,
                      std::string& labels) {
  Checker& checker = context.checker;
  const auto bound = bind_arguments(checker, call, span, required({"scores", "label"}));
  if (!bound) return {};
  const TermId scores = check_expression(context, *bound->at(0));
  const TermId label = check_expression(context, *bound->at(1));
  if (!scores.valid() || !label.valid()) return {};
  labels = field_name(*bound->at(1));
  Comparison comparison{{Loss::cross_entropy, scores, label}, labels};
  const DataField* declared = find_field(data_set, labels);
  if (declared == nullptr) {
    checker.diagnostics.report(Kind::missing_field, bound->at(1)->span, {{"data", data_set.name}, {"field", labels}});
    return {};
  }
  return check_comparison(checker, context.builder, comparison, bound->at(1)->span, declared) ? scores : TermId();
}

/// A def of data fields that is not the network: what is observed is its value.
bool is_other_definition(const Checker& checker, const ast::Expression& expression, const DataSet& data_set) {
  const auto* call = std::get_if<ast::Call>(&expression.node);
  const Symbol* symbol = call != nullptr && checker.network ? checker.find(call->callee.text) : nullptr;
  if (symbol == nullptr || symbol->kind != SymbolKind::definition || !symbol->usable) return false;
  return !is_network_call(checker, *call, *symbol, data_set, expression.span);
}

/// What is observed besides the network's outputs: an expression of the data set's fields, with a function of its own.
class OwnObservation {
 public:
  OwnObservation(Checker& checker, const ast::Observe& observe, const DataSet& data_set)
      : checker_(checker), expression_(*observe.value), data_set_(data_set) {
    observation_.text = ast::written(expression_);
    observation_.span = observe.span;
    observation_.data_sets = {data_set.name};
    observation_.function = {ir::FunctionRole::observe, static_cast<uint32_t>(checker.program.observations.size())};
  }

  void check(ObservationKind kind) {
    observation_.kind = kind;
    TermBuilder builder(observation_.body, checker_.program, checker_.term_budget, checker_.diagnostics);
    const Locals fields = bind_fields(builder, data_set_, observation_.fields);
    BodyLosses losses(checker_);
    const TermId result = value({checker_, builder, fields, Place::loss, &losses});
    if (!result.valid()) return;
    observation_.body.result = result;
    checker_.program.observations.push_back(std::move(observation_));
  }

 private:
  TermId value(const ExpressionContext& context) {
    if (const ast::Call* accuracy = accuracy_call(expression_)) {
      return check_accuracy(context, *accuracy, expression_.span, data_set_, observation_.labels);
    }
    TermId result = check_expression(context, expression_);
    const bool measure = observation_.kind == ObservationKind::measure;
    if (measure) result = context.builder.row_mean(result, expression_.span);
    if (!result.valid()) return {};
    const Shape& shape = context.builder.shape(result);
    if (measure ? shape.empty() : context.builder.width_count(shape) == 0) return result;
    checker_.diagnostics.report(measure ? Kind::loss_shape : Kind::observed_shape, expression_.span,
                                {{"found", shape_text(shape)}, {"width", checker_.program.width}});
    return {};
  }

  Checker& checker_;
  const ast::Expression& expression_;
  const DataSet& data_set_;
  Observation observation_;
};

/// A data set and where the observation names it.
struct ObservedSet {
  const DataSet* data_set;
  Span span;
};

/// The data sets that the observation names, each once; those in error are reported and left out.
std::vector<ObservedSet> named_sets(Checker& checker, const ast::Observe& observe) {
  std::vector<ObservedSet> sets;
  for (const ast::Name& name : observe.data_sets) {
    const DataSet* data_set = find_data_set(checker, name);
    if (data_set == nullptr) continue;
    if (std::ranges::find(sets, data_set, &ObservedSet::data_set) == sets.end()) {
      sets.push_back({data_set, name.span});
    } else {
      checker.diagnostics.report(Kind::repeated_declaration, name.span, {{"what", "the data set `" + name.text + "`"}});
    }
  }
  return sets;
}

/// The first data set of the file that is no table: what an observation is on that names none. Null: there is none.
const DataSet* first_data_set(const Checker& checker) {
  const auto& sets = checker.program.data_sets;
  const auto found = std::ranges::find_if(sets, [](const DataSet& set) { return set.source != SourceKind::items; });
  return found != sets.end() ? &*found : nullptr;
}

/// Outputs of the network, or inner products of its values: recorded by the network's own functions.
void observe_network(Checker& checker, const ast::Observe& observe, const std::vector<ObservedSet>& named,
                     const DataSet* first) {
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
    if (first == nullptr) checker.report_missing(Kind::observation_without_data, observe.span);
    if (first == nullptr || !check_network_call(checker, *observe.value, *first)) return;
    observation.text = output_text(checker);
    observation.function = ir::FunctionRole::predict;
  }
  for (const auto& [data_set, span] : named) {
    if (!checker.network || !check_network_inputs(checker, *checker.network, *data_set, span)) continue;
    observation.data_sets.push_back(data_set->name);
  }
  checker.program.observations.push_back(std::move(observation));
}

}  // namespace

void check_declaration(Checker& checker, const ast::Observe& observe) {
  if (check_named_vectors(checker, observe)) return;
  std::vector<ObservedSet> sets = named_sets(checker, observe);
  if (sets.empty() && !observe.data_sets.empty()) return;  // all of them in error
  const DataSet* first = sets.empty() ? first_data_set(checker) : sets.front().data_set;
  const bool measure = is_measure(*observe.value) || is_own_loss(checker, *observe.value);
  const bool own = measure || (first != nullptr && is_other_definition(checker, *observe.value, *first));
  if (!own) return observe_network(checker, observe, sets, first);
  if (observe.data_sets.empty() && first == nullptr) {
    checker.report_missing(Kind::observation_without_data, observe.span);
  } else if (observe.data_sets.empty()) {
    sets.push_back({first, observe.span});
  }
  for (const auto& [data_set, span] : sets) {
    OwnObservation(checker, observe, *data_set).check(measure ? ObservationKind::measure : ObservationKind::values);
  }
}

void add_default_observation(Checker& checker) {
  Program& program = checker.program;
  if (checker.network) {
    for (Observation& observation : program.observations) {
      if (observation.data_sets.empty()) observation.data_sets = sets_with_inputs(checker);  // no `on ...`
    }
  }
  bool has_outputs = std::any_of(program.observations.begin(), program.observations.end(), [](const Observation& o) {
    return o.kind != ObservationKind::gram;  // who measures does not ask for every number
  });
  if (has_outputs || !checker.network) return;
  Observation observation;
  observation.text = output_text(checker);
  observation.function = ir::FunctionRole::predict;
  observation.data_sets = sets_with_inputs(checker);
  if (!observation.data_sets.empty()) program.observations.push_back(std::move(observation));
}

}  // namespace tpc::sema
