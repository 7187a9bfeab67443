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

}  // namespace

int command_classify(const Options& options) {
  const auto compilation = compile(options, Stage::classification, Training::optional);
  if (!compilation) return exit_user_error;
  const Sizes sizes = explain(*compilation, options);
  const Classification& classification = *compilation->classification;
  std::cout << (options.json() ? json_text(classify_json(*compilation->program, classification, sizes))
                               : classify_text(*compilation->program, classification, sizes));
  return exit_success;
}

}  // namespace tpc::driver
