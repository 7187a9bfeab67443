#include "passes/width/classify.h"

#include <algorithm>

#include "base/diag/check.h"
#include "passes/width/initial_output.h"
#include "passes/width/reasons.h"

namespace tpc::passes {

using ir::Exponent;
using ir::ValueId;

namespace {

bool reads(const ir::tp::Function& function, ir::StateId state) {
  return std::any_of(function.body.begin(), function.body.end(), [&](const auto& instruction) {
    const auto* read = std::get_if<ir::Read>(&instruction.op);
    return read != nullptr && read->state == state;
  });
}

std::vector<WeightReport> report_weights(const ir::tp::Module& module, const WidthAnalysis& analysis, bool kernel) {
  std::vector<WeightReport> reports;
  for (size_t i = 0; i < module.states.size(); ++i) {
    const ir::State& state = module.states[i];
    if (!reads(*module.find(ir::FunctionRole::predict), ir::StateId(i))) continue;
    WeightReport report{state.name, state.role, state.a, state.b, state.c, state.d, analysis.update_contribution[i],
                        {}};
    if (kernel) report.in_kernel = analysis.output_contribution[i] >= Exponent(0);
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace

std::string_view regime_name(Regime regime) {
  switch (regime) {
    case Regime::feature_learning: return "feature-learning";
    case Regime::kernel: return "kernel";
    case Regime::trivial: return "trivial";
    case Regime::unstable: return "unstable";
  }
  internal_error(__FILE__, __LINE__, "no such regime");
}

std::string_view initial_function_name(InitialFunction initial) {
  switch (initial) {
    case InitialFunction::zero: return "zero";
    case InitialFunction::gaussian_process: return "gaussian-process";
    case InitialFunction::deterministic: return "deterministic";
    case InitialFunction::other: return "other";
  }
  internal_error(__FILE__, __LINE__, "no such initial function");
}

std::string describe(const Advice& advice) {
  return std::string("choose ") + name_of(advice.invariant) + (advice.at_least ? " >= " : " = ") + advice.goal.str() +
         " for " + advice.weight + " (now " + advice.now.str() + ")";
}

std::string Reason::sentence() const {
  if (!advice) return text;
  return (text.empty() ? "for an output that moves " : text + ": ") + describe(*advice);
}

bool is_entrywise(const Classification& classification) {
  return std::ranges::any_of(classification.weights, [](const WeightReport& weight) { return weight.d.has_value(); });
}

Classification classify(const ir::tp::Module& module, const WidthAnalysis& analysis) {
  Classification result;
  ValueId output = module.find(ir::FunctionRole::predict)->result(ir::result_name::output);
  result.output = analysis.predict[output.index];
  result.reasons = width::instabilities(module, analysis);
  result.stable = result.reasons.empty();
  if (!result.stable) {
    result.weights = report_weights(module, analysis, false);
    return result;
  }
  Exponent fastest = width::fastest_hidden_vector(module, analysis).exponent;
  if (fastest.finite()) result.r = -fastest.rational();
  result.nontrivial = result.output.change == Exponent(0);
  result.regime = !result.nontrivial       ? Regime::trivial
                  : fastest == Exponent(0) ? Regime::feature_learning
                                           : Regime::kernel;
  result.initial_function = width::initial_output(module);
  result.weights = report_weights(module, analysis, result.regime == Regime::kernel);
  result.reasons = width::explain_regime(module, analysis, result);
  return result;
}

}  // namespace tpc::passes
