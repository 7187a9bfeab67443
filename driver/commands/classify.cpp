/// \file `tpc classify`: stability, regime and the power of the width of every update.
#include <iostream>

#include "driver/commands/commands.h"
#include "driver/compile.h"
#include "driver/report/classification.h"
#include "driver/report/json.h"
#include "driver/report/table.h"
#include "fmt/format.h"
#include "passes/mup/maximal_update.h"
#include "passes/mup/nearest_stable.h"

namespace tpc::driver {
namespace {

using passes::Classification;
using passes::WeightReport;

Json classify_json(const sema::Program& program, const Classification& classification) {
  Json json = {{"model", program.model}, {"parametrization", program.parametrization}};
  json.update(classification_json(classification));
  return json;
}

std::string classify_text(const sema::Program& program, const Classification& classification) {
  std::string text = fmt::format("{} ({}): {}\n\n", program.model, program.parametrization, verdict(classification));
  Table table({"weight", "kind", "a", "b", "c", "effect of its update"});
  for (const WeightReport& weight : classification.weights) {
    const std::string effect = weight.update_exponent.finite()
                                   ? fmt::format("{}^({})", program.width, weight.update_exponent.str())
                                   : std::string("none");
    table.add({weight.name, role_name(weight.role), weight.a.str(), weight.b.str(), weight.c.str(),
               effect + (weight.in_kernel.value_or(false) ? ", in the kernel" : "")});
  }
  text += table.text();
  text += fmt::format("\noutput: {0}^({1}) at initialisation, changes by {0}^({2})\n", program.width,
                      classification.output.initial.str(), classification.output.change.str());
  for (const passes::Reason& reason : classification.reasons) text += "- " + reason.text + "\n";
  return text;
}

/// What would make an unstable program stable.
void add_stable_rates(const ir::tp::Module& unscaled, const ir::tp::Module& step, Classification& classification) {
  if (classification.stable) return;
  const auto stable = passes::nearest_stable_rates(unscaled, step.states);
  if (!stable) return;
  std::string text = "to become stable";
  for (const std::string& change : stable->changes) text += (text.back() == 'e' ? ": " : ", ") + change;
  classification.reasons.push_back({text + "; it is then " + verdict(stable->classification), {}});
}

/// Ends each sentence with the line it speaks of.
void add_lines(const diag::Source& source, Classification& classification) {
  for (passes::Reason& reason : classification.reasons) {
    if (reason.span == Span()) continue;
    reason.text += fmt::format(" (line {})", source.position(reason.span.begin).line);
  }
}

/// What would make every weight's update count: the difference to the maximal update, as further reasons.
void add_changes(const Options& options, const Compilation& compilation, Classification& classification) {
  Options standard = options;
  standard.parametrization = "sp";  // a = 0
  const auto unscaled = compile(standard, Stage::finite_width);
  if (!unscaled) return;
  add_stable_rates(*unscaled->finite_width, *compilation.training_step, classification);
  const auto maximal = passes::derive_maximal_update(*unscaled->finite_width, passes::UpdateRule::sgd);
  if (maximal.classification.regime != passes::Regime::feature_learning) return;
  for (const std::string& change : passes::changes_towards(maximal, compilation.training_step->states)) {
    classification.reasons.push_back({"for feature learning through every weight: " + change, {}});
  }
}

}  // namespace

int command_classify(const Options& options) {
  const auto compilation = compile(options, Stage::classification);
  if (!compilation) return exit_user_error;
  Classification& classification = *compilation->classification;
  add_lines(compilation->source, classification);
  add_changes(options, *compilation, classification);
  std::cout << (options.json() ? json_text(classify_json(*compilation->program, classification))
                               : classify_text(*compilation->program, classification));
  return exit_success;
}

}  // namespace tpc::driver
