#include "frontend/sema/adaptation.h"

#include <numeric>
#include <set>

#include "frontend/sema/builtins.h"
#include "frontend/sema/choices.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// The members of a family, or the parameter itself. False if an error was reported.
bool add_parameters(Checker& checker, const ast::Name& name, std::vector<size_t>& parameters) {
  const Symbol* symbol = checker.find(name.text);
  if (symbol == nullptr) {
    checker.report_unknown(name, checker.names_of({SymbolKind::parameter, SymbolKind::family}));
    return false;
  }
  record_name(checker, name);
  if (symbol->kind == SymbolKind::parameter) {
    if (symbol->usable) parameters.push_back(symbol->index);
    return symbol->usable;
  }
  if (symbol->kind != SymbolKind::family) {
    checker.report_wrong_kind(name, *symbol, "a parameter");
    return false;
  }
  for (size_t i = 0; symbol->usable && i < checker.program.parameters.size(); ++i) {
    if (checker.program.parameters[i].family == name.text) parameters.push_back(i);
  }
  return symbol->usable;
}

bool check_rule(Checker& checker, const ast::Call& call, Span span, const Locals& locals, Adaptation& result) {
  const auto bound = bind_arguments(checker, call, span, {{"lr"}, {"steps", false}, {"order", false}});
  if (!bound) return false;
  const auto rate = nonnegative_value(checker, *bound->at(0), "the learning rate", locals);
  std::optional<int64_t> steps = 1, order = 2;
  if (bound->at(1) != nullptr) {
    steps = integer_value(checker, *bound->at(1), "the number of steps", 0, limits::inner_steps, locals);
  }
  if (bound->at(2) != nullptr) order = integer_value(checker, *bound->at(2), "the order", 1, 2, locals);
  if (!rate || !steps || !order) return false;
  result.rate = *rate, result.steps = *steps, result.differentiate_through_step = *order == 2;
  return true;
}

}  // namespace

std::optional<Adaptation> check_adaptation(Checker& checker, const ast::Adapt& adapt, const Locals& locals) {
  Adaptation result;
  result.named = !adapt.parameters.empty();
  for (const ast::Name& name : adapt.parameters) {
    if (!add_parameters(checker, name, result.parameters)) return std::nullopt;
  }
  if (!result.named) {
    result.parameters.resize(checker.program.parameters.size());
    std::iota(result.parameters.begin(), result.parameters.end(), size_t{0});
  }
  const ast::Call* call = check_choice(checker, *adapt.rule, "rule to adapt by", {"sgd"}, "", "a rule to adapt by");
  const bool right = call != nullptr && check_rule(checker, *call, adapt.rule->span, locals, result);
  return right ? std::optional(result) : std::nullopt;
}

bool adapt_parameters(Checker& checker, TermBuilder& builder, const Adaptation& rule, TermId loss, Span span) {
  std::set<size_t> read;
  const std::vector<bool> needed = terms_needed_for(builder.body(), loss);
  for (size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) continue;
    const auto& op = builder.body().terms[i].op;
    if (const auto* parameter = std::get_if<ParameterTerm>(&op)) read.insert(parameter->index);
    if (const auto* adapted = std::get_if<AdaptedTerm>(&op)) read.insert(adapted->parameter);
  }
  TermBuilder::Adapted next = builder.adapted_parameters();
  bool any = false;
  for (const size_t index : rule.parameters) {
    const Parameter& parameter = checker.program.parameters[index];
    if (!read.contains(index)) continue;
    any = true;
    const double rate = rule.rate * parameter.learning_rate_factor;
    const TermId before = builder.parameter(index, parameter.shape, span);
    if (rate == 0.0 || !before.valid()) continue;
    next[index] = builder.adapted({index, before, loss, rate, rule.differentiate_through_step}, span);
    if (!next[index].valid()) return false;
  }
  if (any) {
    builder.adapted_parameters() = std::move(next);
  } else {
    checker.diagnostics.report(Kind::nothing_to_adapt, span,
                               {{"what", rule.named ? "these parameters" : "any parameter"}});
  }
  return any;
}

}  // namespace tpc::sema
