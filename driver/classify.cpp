/// \file `tpc classify`: stability, regime and the power of the width of every update.
#include <iostream>

#include "driver/commands.h"
#include "driver/compile.h"
#include "driver/json.h"
#include "driver/table.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

using passes::Classification;
using passes::WeightReport;

/// The JSON spelling of a weight's kind.
std::string role_name(ir::Role role) {
  switch (role) {
    case ir::Role::input: return "input";
    case ir::Role::vector: return "vector";
    case ir::Role::hidden: return "hidden";
    case ir::Role::output: return "output";
    case ir::Role::finite: break;
  }
  return "finite";
}

Json classify_json(const sema::Program& program, const Classification& classification) {
  Json json;
  json["model"] = program.model;
  json["parametrization"] = program.parametrization;
  json["stable"] = classification.stable;
  json["nontrivial"] = classification.nontrivial;
  json["regime"] = std::string(passes::regime_name(classification.regime));
  json["r"] = classification.r ? Json(classification.r->str()) : Json();
  json["initial_function"] = classification.initial_function
                                 ? Json(std::string(passes::initial_function_name(*classification.initial_function)))
                                 : Json();
  json["weights"] = Json::array();
  for (const WeightReport& weight : classification.weights) {
    json["weights"].push_back({{"name", weight.name},
                               {"kind", role_name(weight.role)},
                               {"a", weight.a.str()},
                               {"b", weight.b.str()},
                               {"c", weight.c.str()},
                               {"update_exponent", weight.update_exponent.str()},
                               {"in_kernel", weight.in_kernel ? Json(*weight.in_kernel) : Json()}});
  }
  json["output"] = {{"init_exponent", classification.output.initial.str()},
                    {"update_exponent", classification.output.change.str()}};
  json["reasons"] = Json::array();
  for (const passes::Reason& reason : classification.reasons) json["reasons"].push_back(reason.text);
  return json;
}

std::string verdict(const Classification& classification) {
  std::string text = std::string(passes::regime_name(classification.regime));
  if (classification.r) text += fmt::format(", r = {}", classification.r->str());
  if (classification.initial_function) {
    text += *classification.initial_function == passes::InitialFunction::zero
                ? "; the output starts at 0"
                : "; the output starts as a Gaussian process";
  }
  return text;
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

}  // namespace

int command_classify(const Options& options) {
  const auto compilation = compile(options, Stage::classification);
  if (!compilation) return exit_user_error;
  const Classification& classification = *compilation->classification;
  std::cout << (options.json() ? json_text(classify_json(*compilation->program, classification))
                               : classify_text(*compilation->program, classification));
  return exit_success;
}

}  // namespace tpc::driver
