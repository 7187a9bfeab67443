#include "frontend/sema/optimizer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/diag/check.h"
#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

using diag::Kind;
using ir::ScheduleKind;

struct ScheduleForm {
  const char* name;
  ScheduleKind kind;
  std::vector<ParameterSpec> parameters;  ///< the first one is the learning rate of the first step
};

const std::vector<ScheduleForm>& schedule_forms() {
  static const std::vector<ScheduleForm> forms = {
      {"constant", ScheduleKind::constant, {{"first"}}},
      {"linear", ScheduleKind::linear, {{"first"}, {"to", false}, {"over", false}}},
      {"cosine", ScheduleKind::cosine, {{"first"}, {"to", false}, {"over", false}}},
      {"steps", ScheduleKind::steps, {{"first"}, {"factor"}, {"every"}}},
  };
  return forms;
}

std::vector<ParameterSpec> parameters_of(ir::EntrywiseRule rule) {
  using enum ir::EntrywiseRule;
  const ParameterSpec lr{"lr"}, beta1{"beta1", false}, beta2{"beta2", false}, eps{"eps", false},
      decay{"weight_decay", false}, clip{"clip", false}, momentum{"momentum", false};
  switch (rule) {
    case adam: return {lr, beta1, beta2, eps, decay, {"scaled_decay", false}, clip};
    case adamw: return {lr, beta1, beta2, eps, decay, clip};
    case signsgd: return {lr, decay, momentum, clip};
    case rmsprop: return {lr, beta2, eps, decay, momentum, clip};
    case adagrad: return {lr, eps, decay, momentum, clip};
    case lion: return {lr, beta1, beta2, decay, clip};
  }
  internal_error(__FILE__, __LINE__, "no such rule");
}

ir::EntrywiseSettings defaults_of(ir::EntrywiseRule rule) {
  ir::EntrywiseSettings settings;
  settings.rule = rule;
  if (rule == ir::EntrywiseRule::rmsprop || rule == ir::EntrywiseRule::lion) settings.beta2 = 0.99;
  return settings;
}

class OptimizerChecker {
 public:
  OptimizerChecker(Checker& checker, const TrainPlan& plan) : checker_(checker), plan_(plan) {}

  ir::SgdSettings check_sgd(const ast::Call& call, Span span) const;
  ir::EntrywiseSettings check_entrywise(ir::EntrywiseRule rule, const ast::Call& call, Span span) const;

 private:
  [[nodiscard]] ir::Schedule learning_rate(const ast::Expression& expression) const;
  [[nodiscard]] ir::Schedule schedule(const ScheduleForm& form, const ast::Call& call, Span span) const;
  /// The number of steps that a linear or cosine schedule lasts: the whole training if the program does not say.
  [[nodiscard]] int64_t length(const ast::Expression* over) const;
  /// A share of what was: at least 0 and less than 1.
  [[nodiscard]] double share(const ast::Expression& expression, const char* what) const;
  [[nodiscard]] std::optional<double> clip(const ast::Expression& expression) const;
  [[nodiscard]] double positive_eps(const ast::Expression& expression) const;
  void set(const std::string& name, const ast::Expression& expression, ir::EntrywiseSettings& settings) const;
  /// `true` or `false`.
  [[nodiscard]] bool flag(const std::string& name, const ast::Expression& expression) const;

  /// The parameter whose rows are trained one after the other; empty after an error.
  [[nodiscard]] std::string ordered(const ast::Expression& expression, const ir::SgdSettings& others) const;

  Checker& checker_;
  const TrainPlan& plan_;
};

int64_t OptimizerChecker::length(const ast::Expression* over) const {
  if (over != nullptr) return integer_value(checker_, *over, "the length of a schedule", 1, limits::steps).value_or(1);
  if (plan_.epochs) return ir::whole_training;
  return std::max<int64_t>(plan_.steps.value_or(1), 1);
}

ir::Schedule OptimizerChecker::schedule(const ScheduleForm& form, const ast::Call& call, Span span) const {
  ir::Schedule result;
  auto bound = bind_arguments(checker_, call, span, form.parameters);
  if (!bound) return result;
  result.kind = form.kind;
  result.first = nonnegative_value(checker_, *bound->at(0), "the learning rate").value_or(0.0);
  if (form.kind == ScheduleKind::steps) {
    result.factor = nonnegative_value(checker_, *bound->at(1), "the factor of a schedule").value_or(1.0);
    result.every =
        integer_value(checker_, *bound->at(2), "the number of steps between changes", 1, limits::steps).value_or(1);
  } else if (form.kind != ScheduleKind::constant) {
    if (bound->at(1) != nullptr) {
      result.last = nonnegative_value(checker_, *bound->at(1), "the last learning rate").value_or(0.0);
    }
    result.length = length(bound->at(2));
  }
  return result;
}

ir::Schedule OptimizerChecker::learning_rate(const ast::Expression& expression) const {
  if (const auto* call = std::get_if<ast::Call>(&expression.node)) {
    std::vector<std::string> names = builtin_function_names();
    for (const ScheduleForm& form : schedule_forms()) {
      if (call->callee.text == form.name) return schedule(form, *call, expression.span);
      names.emplace_back(form.name);
    }
    if (checker_.find(call->callee.text) == nullptr && !builtin_parameters(call->callee.text)) {
      checker_.report_unknown(call->callee, names);
      return {};
    }
  }
  ir::Schedule result;
  result.first = nonnegative_value(checker_, expression, "the learning rate").value_or(0.0);
  return result;
}

double OptimizerChecker::share(const ast::Expression& expression, const char* what) const {
  auto value = constant_value(checker_, expression);
  if (!value || (*value >= 0.0 && *value < 1.0)) return value.value_or(0.0);
  checker_.diagnostics.report(
      Kind::value_out_of_range, expression.span,
      {{"what", what}, {"range", "at least 0 and less than 1"}, {"found", fmt::format("{}", *value)}});
  return 0.0;
}

/// 0 switches clipping off, as it does the other options.
std::optional<double> OptimizerChecker::clip(const ast::Expression& expression) const {
  const auto norm = nonnegative_value(checker_, expression, "the norm to clip to");
  return norm && *norm > 0.0 ? norm : std::nullopt;
}

bool OptimizerChecker::flag(const std::string& name, const ast::Expression& expression) const {
  const auto* word = std::get_if<ast::Reference>(&expression.node);
  const bool known = word != nullptr && (word->name.text == "true" || word->name.text == "false");
  if (!known) checker_.diagnostics.report(Kind::flag_expected, expression.span, {{"name", name}});
  return known && word->name.text == "true";
}

std::string OptimizerChecker::ordered(const ast::Expression& expression, const ir::SgdSettings& others) const {
  const auto* word = std::get_if<ast::Reference>(&expression.node);
  const Symbol* symbol = word != nullptr ? checker_.find(word->name.text) : nullptr;
  const auto refuse = [&](const std::string& why) {
    checker_.diagnostics.report(Kind::immediate_refused, expression.span, {{"why", why}});
    return std::string();
  };
  if (symbol == nullptr || symbol->kind != SymbolKind::parameter)
    return refuse("it names a parameter, `immediate = W`");
  record_name(checker_, word->name);
  if (others.momentum != 0.0) return refuse("it goes without momentum");
  if (others.clip) return refuse("it goes without `clip`");
  if (plan_.batch != 1) return refuse("it needs `batch = 1`: examples would not come one after the other");
  return word->name.text;
}

ir::SgdSettings OptimizerChecker::check_sgd(const ast::Call& call, Span span) const {
  ir::SgdSettings settings;
  auto bound = bind_arguments(
      checker_, call, span,
      {{"lr"}, {"momentum", false}, {"weight_decay", false}, {"clip", false}, {"lazy", false}, {"immediate", false}});
  if (bound) {
    settings.learning_rate = learning_rate(*bound->at(0));
    if (bound->at(1) != nullptr) settings.momentum = share(*bound->at(1), "the momentum");
    if (bound->at(2) != nullptr) {
      settings.weight_decay = nonnegative_value(checker_, *bound->at(2), "the weight decay").value_or(0.0);
    }
    if (bound->at(3) != nullptr) settings.clip = clip(*bound->at(3));
    if (bound->at(4) != nullptr) settings.lazy = flag("lazy", *bound->at(4));
    if (bound->at(5) != nullptr) settings.ordered = ordered(*bound->at(5), settings);
  }
  if (auto given = number_override(checker_, "lr", 0.0)) settings.learning_rate.first = *given;
  return settings;
}

/// Gradients that are exactly 0, as those behind a relu are, would be divided by 0.
double OptimizerChecker::positive_eps(const ast::Expression& expression) const {
  const auto value = constant_value(checker_, expression);
  if (!value || *value > 0.0) return value.value_or(1.0);
  checker_.diagnostics.report(Kind::value_out_of_range, expression.span,
                              {{"what", "eps"}, {"range", "more than 0"}, {"found", fmt::format("{}", *value)}});
  return 1.0;
}

void OptimizerChecker::set(const std::string& name, const ast::Expression& expression,
                           ir::EntrywiseSettings& settings) const {
  if (name == "lr") settings.learning_rate = learning_rate(expression);
  if (name == "beta1") settings.beta1 = share(expression, "beta1");
  if (name == "beta2") settings.beta2 = share(expression, "beta2");
  if (name == "eps") settings.eps = positive_eps(expression);
  if (name == "momentum") settings.momentum = share(expression, "the momentum");
  if (name == "weight_decay") {
    const bool coupled = ir::decay_of(settings.rule) == ir::DecayKind::coupled;
    (coupled ? settings.coupled_decay : settings.decoupled_decay) =
        nonnegative_value(checker_, expression, "the weight decay").value_or(0.0);
  }
  if (name == "scaled_decay") settings.scaled_decay = flag(name, expression);
  if (name == "clip") settings.clip = clip(expression);
}

ir::EntrywiseSettings OptimizerChecker::check_entrywise(ir::EntrywiseRule rule, const ast::Call& call,
                                                        Span span) const {
  ir::EntrywiseSettings settings = defaults_of(rule);
  const std::vector<ParameterSpec> parameters = parameters_of(rule);
  auto bound = bind_arguments(checker_, call, span, parameters);
  for (size_t i = 0; bound && i < bound->size(); ++i) {
    if (bound->at(i) != nullptr) set(parameters[i].name, *bound->at(i), settings);
  }
  if (auto given = number_override(checker_, "lr", 0.0)) settings.learning_rate.first = *given;
  return settings;
}

std::string_view sgd() { return ir::name_of(ir::SgdSettings()); }

}  // namespace

std::vector<std::string> optimizer_names() {
  std::vector<std::string> names = {std::string(sgd())};
  for (const ir::EntrywiseRule rule : ir::entrywise_rules) names.emplace_back(ir::name_of(rule));
  return names;
}

ir::OptimizerSettings check_optimizer_call(Checker& checker, const ast::Call& call, Span span, const TrainPlan& plan) {
  const OptimizerChecker optimizer(checker, plan);
  if (call.callee.text == sgd()) return optimizer.check_sgd(call, span);
  const auto name = [](ir::EntrywiseRule rule) { return ir::name_of(rule); };
  const auto* rule = std::ranges::find(ir::entrywise_rules, call.callee.text, name);
  TPC_CHECK(rule != ir::entrywise_rules.end(), "an optimizer that is not known");
  return optimizer.check_entrywise(*rule, call, span);
}

}  // namespace tpc::sema
