/// \file `tpc classify`: stability, regime and the power of the width of every update.
#include <iostream>

#include "driver/advice.h"
#include "driver/commands/commands.h"
#include "driver/compile.h"
#include "driver/report/classification.h"
#include "driver/report/json.h"
#include "driver/report/table.h"
#include "driver/words.h"
#include "fmt/format.h"
#include "passes/mup/maximal_update.h"

namespace tpc::driver {
namespace {

using passes::Classification;
using passes::WeightReport;

using Sizes = std::vector<passes::EntrywiseSizes>;

Json classify_json(const sema::Program& program, const Classification& classification, const Sizes& sizes) {
  Json json = {{"model", program.model}, {"parametrization", program.parametrization}};
  json.update(classification_json(classification));
  add_entrywise_sizes(json, sizes);
  return json;
}

/// How large weights, gradients and updates are to an entrywise optimizer; empty for others.
std::string sizes_text(const sema::Program& program, const Sizes& sizes) {
  if (sizes.empty()) return "";
  const bool has_eps = std::ranges::any_of(sizes, [](const auto& weight) { return weight.phi.has_value(); });
  std::vector<std::string> columns = {"weight", "alpha", "kappa'"};
  if (has_eps) columns.insert(columns.end(), {"phi", "its gradients"});
  Table table(columns);
  for (const passes::EntrywiseSizes& weight : sizes) {
    std::vector<std::string> row = {weight.weight, weight.alpha.str(), weight.kappa ? weight.kappa->str() : "-"};
    if (has_eps && weight.phi) {
      const std::string words = faithfulness_words(*weight.faithfulness, program.train->optimizer);
      row.insert(row.end(), {weight.phi->str(), words});
    } else if (has_eps) {
      row.insert(row.end(), {"-", "exactly 0"});
    }
    table.add(row);
  }
  return fmt::format("\n{}\nentries start like {}^-alpha, alpha = a + b; updates of entries are like {}^-kappa'{}\n",
                     table.text(), program.width, program.width,
                     has_eps ? fmt::format("; the optimizer sees gradients like {}^phi", program.width) : "");
}

std::string classify_text(const sema::Program& program, const Classification& classification, const Sizes& sizes) {
  std::string text = fmt::format("{} ({}): {}\n\n", program.model, program.parametrization, verdict(classification));
  const bool entrywise = passes::is_entrywise(classification);
  std::vector<std::string> columns = {"weight", "kind", "a", "b", "c", "effect of its update"};
  if (entrywise) columns.insert(columns.end() - 1, "d");
  Table table(columns);
  for (const WeightReport& weight : classification.weights) {
    const std::string effect =
        weight.update_exponent.finite() ? power_words(program.width, weight.update_exponent) : "none";
    std::vector<std::string> row = {weight.name, role_name(weight.role), weight.a.str(), weight.b.str(),
                                    weight.c.str()};
    if (entrywise) row.push_back(weight.d ? weight.d->str() : "-");
    row.push_back(effect + (!weight.in_kernel.value_or(false) ? ""
                            : entrywise                       ? ", moves the output"
                                                              : ", in the kernel"));
    table.add(row);
  }
  text += table.text() + sizes_text(program, sizes);
  const passes::ValueExponents& output = classification.output;
  text += fmt::format("\noutput: {} at initialisation, {}\n", power_words(program.width, output.initial),
                      output.change.finite() ? "changes by " + power_words(program.width, output.change)
                                             : std::string("never changes"));
  for (const passes::Reason& reason : classification.reasons) text += "- " + reason.text + "\n";
  return text;
}

/// Ends each sentence with the line it speaks of.
void add_lines(const diag::Source& source, Classification& classification) {
  for (passes::Reason& reason : classification.reasons) {
    if (reason.span == Span()) continue;
    const diag::Source& text = source.of(reason.span);
    const std::string file = &text == &source ? "" : " of " + text.name();
    reason.text += fmt::format(" (line {}{})", text.position(reason.span.begin).line, file);
  }
}

/// What would make every weight's update count: the difference to the maximal update, as further reasons.
void add_changes(passes::mup::Points& points, const std::vector<ir::State>& states, Classification& classification) {
  const auto maximal = passes::derive_maximal_update(points, points.rule());
  for (const std::string& change : passes::changes_towards(maximal, points, states)) {
    classification.reasons.push_back({"for feature learning through every weight: " + change, {}});
  }
}

}  // namespace

int command_classify(const Options& options) {
  const auto compilation = compile(options, Stage::classification, Training::optional);
  if (!compilation) return exit_user_error;
  Classification& classification = *compilation->classification;
  passes::mup::Points points = program_points(*compilation, options);
  const std::vector<ir::State>& states = compilation->finite_width->states;
  complete_reasons(classification, points, states);
  add_lines(compilation->source, classification);
  add_changes(points, states, classification);
  const Sizes sizes = points.at(states).entrywise;
  std::cout << (options.json() ? json_text(classify_json(*compilation->program, classification, sizes))
                               : classify_text(*compilation->program, classification, sizes));
  return exit_success;
}

}  // namespace tpc::driver
