/// \file `tpc mup`: the maximal update parametrization of any architecture.
#include "passes/mup/maximal_update.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include "driver/advice.h"
#include "driver/commands/commands.h"
#include "driver/compile.h"
#include "driver/report/classification.h"
#include "driver/report/families.h"
#include "driver/report/json.h"
#include "driver/report/pytorch.h"
#include "driver/report/table.h"
#include "driver/words.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

using ir::Rational;
using passes::MaximalUpdate;
using passes::MaximalWeight;

/// n^exponent as one writes it: "1/sqrt(n)", "1/n", "n^(3/4)"; empty for 1.
std::string power_factor(const std::string& base, const Rational& exponent) {
  if (exponent.is_zero()) return "";
  if (exponent == Rational(1)) return base;
  if (exponent == Rational(1, 2)) return "sqrt(" + base + ")";
  return fmt::format("({})^({})", base, exponent.str());
}

/// What happens from the base width n_0 to n: "eta (n_0/n)", "sigma_0".
std::string relative(const std::string& at_base, const std::string& width, const Rational& exponent,
                     const std::optional<int64_t>& base_width) {
  const std::string base = base_width ? std::to_string(*base_width) : width + "_0";
  const bool grows = exponent < Rational(0);
  const std::string ratio = grows ? width + "/" + base : base + "/" + width;
  const std::string factor = power_factor(ratio, grows ? -exponent : exponent);
  if (factor.empty()) return at_base;
  return at_base + (factor == ratio ? " (" + factor + ")" : " " + factor);
}

/// n^{-a}: "1", "sqrt(n)", "1 / sqrt(n)".
std::string multiplier(const MaximalWeight& weight, const std::string& width) {
  const bool grows = weight.a < Rational(0);
  const std::string factor = power_factor(width, grows ? -weight.a : weight.a);
  return factor.empty() ? "1" : grows ? factor : "1 / " + factor;
}

/// The standard deviation (or the constant) of the initial entries at width n.
std::string initial_entries(const MaximalWeight& weight, const std::string& width) {
  if (weight.init.kind == ir::InitKind::zero) return "0";
  const bool grows = weight.b < Rational(0);
  const std::string factor = power_factor(width, grows ? -weight.b : weight.b);
  const std::string size = fmt::format("{:g}", weight.init.value);
  return factor.empty() ? size : size + (grows ? " " : " / ") + factor;
}

std::string initial_at_base(const MaximalWeight& weight, const std::string& width, const Options& options) {
  if (weight.init.kind == ir::InitKind::zero) return "0";
  std::string at_base = "sigma_0";
  if (options.base_width) {
    const double size = weight.init.value * std::pow(static_cast<double>(*options.base_width), -weight.b.value());
    at_base = fmt::format("{:.4g}", size);
  }
  return relative(at_base, width, weight.b, options.base_width);
}

/// The optimizer whose exponents are asked for, and what its block is to the file.
struct Asked {
  const passes::UpdateRule& rule;
  const passes::UpdateRule& of_file;
  std::string pasted;  ///< the verdict on the block with the file's optimizer, if that is one of another kind
  /// Empty: pasted into the file the block is what is said of it.
  [[nodiscard]] std::string caveat() const {
    if (pasted.empty()) return "";
    return fmt::format(
        "These are the exponents of {}. Trained by the file's optimizer, which is {}, the block is: {}.{}", rule.name,
        of_file.name, pasted,
        rule.kind == passes::UpdateKind::spectral ? " The limit of spectral updates is not evaluated." : "");
  }
};

/// The part of the table that only such optimizers have: eps, and decay that is to shrink w equally at every width.
std::string eps_at(const MaximalWeight& weight, const Asked& asked, const std::string& width, const Options& options) {
  return asked.rule.has_eps() && weight.d ? relative("eps", width, *weight.d, options.base_width) : "";
}
std::string decay_at(const MaximalWeight& weight, const Asked& asked, const std::string& width,
                     const Options& options) {
  const bool decoupled = asked.rule.decay == passes::DecayKind::decoupled;
  return decoupled ? relative("lambda", width, -weight.c, options.base_width) : "";
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json mup_json(const sema::Program& program, const MaximalUpdate& maximal, const Options& options, const Asked& asked) {
  Json json;
  json["model"] = program.model;
  json["optimizer"] = std::string(asked.rule.name);
  json["base_width"] = options.base_width ? Json(*options.base_width) : Json();
  json["weights"] = Json::array();
  for (const MaximalWeight& weight : maximal.weights) {
    json["weights"].push_back({{"name", weight.name},
                               {"kind", role_name(weight.role)},
                               {"a", weight.a.str()},
                               {"b", weight.b.str()},
                               {"c", weight.c.str()},
                               {"multiplier", multiplier(weight, program.width)},
                               {"init_std", initial_entries(weight, program.width)},
                               {"init_std_relative_to_base", initial_at_base(weight, program.width, options)},
                               {"learning_rate", relative("eta", program.width, weight.c, options.base_width)},
                               {"update_exponent", weight.update_exponent.str()},
                               {"remark", text_or_null(weight.remark)}});
    Json& made = json["weights"].back();
    if (weight.d) made["d"] = weight.d->str();
    const std::string eps = eps_at(weight, asked, program.width, options);
    const std::string decay = decay_at(weight, asked, program.width, options);
    if (!eps.empty()) made["eps"] = eps;
    if (!decay.empty()) made["weight_decay"] = decay;
  }
  json["classification"] = classification_json(maximal.classification);
  json["caveat"] = text_or_null(asked.caveat());
  return json;
}

std::string block_text(const MaximalUpdate& maximal, const Asked& asked) {
  std::string text;
  if (!asked.pasted.empty()) {
    text += fmt::format("# for {}; trained by {}: {}\n", asked.rule.name, asked.of_file.name, asked.pasted);
  }
  text += "parametrization custom {\n";
  std::vector<NamedExponents> lines;
  for (const MaximalWeight& weight : maximal.weights) {
    if (weight.role == ir::Role::finite) continue;
    std::string exponents = fmt::format("a = {}, b = {}, c = {}", weight.a.str(), weight.b.str(), weight.c.str());
    if (weight.d) exponents += ", d = " + weight.d->str();
    lines.push_back({weight.name, exponents});
  }
  for (const auto& [name, exponents] : collapse_families(lines)) text += fmt::format("  {} : {}\n", name, exponents);
  return text + "}\n";
}

std::string mup_text(const sema::Program& program, const MaximalUpdate& maximal, const Options& options,
                     const Asked& asked) {
  std::string text = block_text(maximal, asked) + "\n";
  if (!asked.pasted.empty()) text += asked.caveat() + "\n\n";
  const bool has_eps = asked.rule.has_eps(), decays = asked.rule.decay == passes::DecayKind::decoupled;
  std::vector<std::string> columns = {"weight",        "kind",      "multiplier", "initial std", "std from base width",
                                      "learning rate", "its update"};
  if (decays) columns.insert(columns.end() - 1, "weight decay");
  if (has_eps) columns.insert(columns.end() - 1, "eps");
  Table table(columns);
  for (const MaximalWeight& weight : maximal.weights) {
    const std::string effect =
        weight.update_exponent.finite() ? power_words(program.width, weight.update_exponent) : "none";
    std::vector<std::string> row = {weight.name,
                                    role_name(weight.role),
                                    multiplier(weight, program.width),
                                    initial_entries(weight, program.width),
                                    initial_at_base(weight, program.width, options),
                                    relative("eta", program.width, weight.c, options.base_width)};
    if (decays) row.push_back(decay_at(weight, asked, program.width, options));
    if (has_eps) row.push_back(eps_at(weight, asked, program.width, options));
    row.push_back(effect);
    table.add(row);
  }
  text += table.text() + "\n";
  if (!options.base_width) {
    text += fmt::format("{0}_0: the base width at which sigma_0 and eta were tuned; fix it with --base-width N.\n",
                        program.width);
  }
  text += fmt::format("{}, by the width analysis: {}.\n",
                      asked.pasted.empty()                              ? "Pasted into the file"
                      : asked.rule.kind == passes::UpdateKind::spectral ? "Under sgd with updates of these sizes"
                                                                        : "Trained by it",
                      verdict(maximal.classification));
  for (const MaximalWeight& weight : maximal.weights) {
    if (!weight.remark.empty()) text += fmt::format("- {}: {}\n", weight.name, weight.remark);
  }
  for (const passes::Reason& reason : maximal.classification.reasons) text += "- " + reason.text + "\n";
  return text;
}

/// The verdict on the exponents where the file's own optimizer trains.
std::string pasted_verdict(const MaximalUpdate& maximal, passes::mup::Points& points) {
  std::vector<ir::State> states = points.module().states;
  for (const MaximalWeight& weight : maximal.weights) {
    const auto state = std::ranges::find(states, weight.name, &ir::State::name);
    state->a = weight.a, state->b = weight.b, state->c = weight.c, state->d = weight.d;
  }
  return verdict(points.at(states).classification);
}

/// Why the point found is no parametrization to paste.
void report_unstable(Compilation& compilation, const MaximalUpdate& maximal) {
  const auto torn = std::ranges::find_if(maximal.weights, [](const auto& weight) { return !weight.remark.empty(); });
  const bool has_cause = torn != maximal.weights.end();
  auto diagnostic = compilation.diagnostics.report(
      diag::Kind::no_maximal_update, has_cause ? torn->span : Span(),
      {{"model", compilation.program->model},
       {"why", has_cause ? torn->remark : "the point at which every update is of order one is unstable"}});
  for (const passes::Reason& reason : maximal.classification.reasons) diagnostic.note(reason.text, reason.span);
  if (!has_cause || !torn->embeds_and_reads_out) return;
  diagnostic.note(
      fmt::format("a table serves both: with `param {0} : [v, {1}]`, `h = x[1] * {0}[1]` and so on for an input and "
                  "`f[i] = mean(z * {0}[i])` for an output, each for all of `1..v` (examples/embedding.tp)",
                  torn->name, compilation.program->width));
}

}  // namespace

int command_mup(const Options& options) {
  // Under the standard parametrization a = 0; the file's own block does not matter.
  Options standard = options;
  standard.parametrization = "sp";
  const auto compilation = compile(standard, Stage::finite_width);
  if (!compilation) return exit_user_error;
  passes::mup::Points points = program_points(*compilation, options);
  const passes::UpdateRule& rule = options.optimizer ? passes::update_rule(*options.optimizer) : points.rule();
  MaximalUpdate maximal = passes::derive_maximal_update(points, rule);
  if (!maximal.classification.stable) {
    report_unstable(*compilation, maximal);
    print_diagnostics(*compilation);
    return exit_user_error;
  }
  complete_reasons(maximal.classification, points, maximal.states);
  const bool same_kind = rule.kind == points.rule().kind;
  const Asked asked{rule, points.rule(), same_kind ? "" : pasted_verdict(maximal, points)};
  if (options.format == "pytorch") {
    std::cout << pytorch_text(*compilation->program, maximal, rule);
  } else {
    std::cout << (options.json() ? json_text(mup_json(*compilation->program, maximal, options, asked))
                                 : mup_text(*compilation->program, maximal, options, asked));
  }
  return exit_success;
}

}  // namespace tpc::driver
