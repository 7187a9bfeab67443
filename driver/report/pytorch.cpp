#include "driver/report/pytorch.h"

#include <fmt/format.h>

#include <algorithm>

#include "driver/report/classification.h"
#include "driver/words.h"
#include "passes/update/entrywise_rule.h"

namespace tpc::driver {
namespace {

using ir::Rational;
using passes::MaximalWeight;
using passes::UpdateKind;

/// What does not depend on the program: how its parameters are found in a module.
constexpr auto parameters_by_name = R"(
def mup_parameters(named_parameters, names=None):
    """Lists of the module's parameters by their names in the program; `names` comes before NAMES."""
    module, found = dict(named_parameters), {}
    left = {each: parameter for each, parameter in module.items() if parameter.requires_grad}
    imported = {each.replace(".", "_"): each for each in module}  # the names that `tpc import` writes
    for name, own in {**NAMES, **(names or {})}.items():
        own = [own] if isinstance(own, str) else own
        own = [each if each in module else imported.get(each, each + ".weight") for each in own]
        missing = [each for each in own if each not in module]
        if missing:
            raise KeyError(f"{name} of the program: {missing} is no parameter, those are {list(module)}; edit NAMES")
        # Blocks of one parameter may have names of their own in the program: it goes by the first of them.
        found[name] = [module[each] for each in own if left.pop(each, None) is not None]
    if left:
        raise ValueError(f"the program has nothing for {list(left)}: add them there, or to a list in NAMES")
    return found
)";

/// A weight as torch holds it, and what the program says of it besides.
struct TorchWeight {
  MaximalWeight exponents;
  std::string shape;
  double rate_factor = 1.0;
  Rational scaled_decay;  ///< weight_decay as a part of the gradient is lambda n^{-this}, with `scaled_decay`
};

/// Without a multiplier: effective exponents (a + b, and what a does to the rate).
MaximalWeight effective(MaximalWeight weight, const passes::UpdateRule& rule) {
  weight.b += weight.a;
  weight.c += passes::powers_of_a(rule.rate_invariant()) * weight.a;
  if (weight.d) weight.d = *weight.d - weight.a;
  weight.a = 0;
  return weight;
}

std::vector<TorchWeight> torch_weights(const sema::Program& program, const passes::MaximalUpdate& maximal,
                                       const passes::UpdateRule& rule) {
  std::vector<TorchWeight> weights;
  for (const MaximalWeight& raw : maximal.weights) {
    const auto parameter = std::ranges::find(program.parameters, raw.name, &sema::Parameter::name);
    const MaximalWeight weight = effective(raw, rule);
    ir::State state = *std::ranges::find(maximal.states, raw.name, &ir::State::name);
    state.b = weight.b, state.c = weight.c, state.d = weight.d;
    weights.push_back({weight, fmt::format("[{}]", fmt::join(parameter->shape, ", ")), parameter->learning_rate_factor,
                       passes::scaled_decay_exponent(state)});
  }
  return weights;
}

/// "W.2" for the member "W[2]" of a family: how torch spells the members of its lists and dictionaries.
std::string name_in_module(const std::string& name) {
  std::string text;
  for (const char each : name) {
    if (each == '[' || each == ',') text += '.';
    if (each != '[' && each != ',' && each != ']' && each != ' ') text += each;
  }
  return text;
}

/// base ** (-exponent) as a factor behind `factor`, in Python.
std::string scaled(const std::string& factor, const std::string& base, const Rational& exponent) {
  if (exponent.is_zero()) return factor;
  if (exponent == Rational(1)) return factor + " / " + base;
  if (exponent == Rational(-1)) return factor + " * " + base;
  const Rational power = exponent < Rational(0) ? -exponent : exponent;
  const std::string text = power.str();
  const std::string number = text.find('/') == std::string::npos ? text : "(" + text + ")";
  return fmt::format("{} {} {} ** {}", factor, exponent < Rational(0) ? "*" : "/", base, number);
}

/// A function of the parameter.
std::string initial_value(const MaximalWeight& weight) {
  const std::string size = scaled(fmt::format("{:g}", weight.init.value), "n", weight.b);
  switch (weight.init.kind) {
    case ir::InitKind::zero: return "torch.nn.init.zeros_";
    case ir::InitKind::constant: return fmt::format("lambda w: torch.nn.init.constant_(w, {})", size);
    case ir::InitKind::gaussian:
    case ir::InitKind::noise:
    case ir::InitKind::share: break;
  }
  return fmt::format("lambda w: torch.nn.init.normal_(w, std={})", size);
}

/// The optimizer's class, and what its groups take besides "params" and "lr".
struct TorchOptimizer {
  std::string call;
  bool eps = false, weight_decay = false;
  bool scaled_decay = false;  ///< that is a part of the gradient, of the size that the program gives it
};

/// Whether the program's own optimizer is this one, with `scaled_decay`.
bool scales_decay(const passes::UpdateRule& rule, const sema::Program& program) {
  if (!program.train || ir::name_of(program.train->optimizer) != rule.name) return false;
  const auto* entrywise = std::get_if<ir::EntrywiseSettings>(&program.train->optimizer);
  return entrywise != nullptr && entrywise->scaled_decay && rule.torch_decay == passes::DecayKind::coupled;
}

TorchOptimizer torch_optimizer(const passes::UpdateRule& rule, const sema::Program& program) {
  double momentum = 0.0;
  if (program.train) {
    const auto* descent = std::get_if<ir::SgdSettings>(&program.train->optimizer);
    if (descent != nullptr) momentum = descent->momentum;
  }
  if (rule.torch.empty()) {
    return {fmt::format("{}(groups, lr=lr), of a library of yours", rule.name), rule.has_eps(), true};
  }
  const bool descends = rule.kind == UpdateKind::descent;
  const bool scaled = scales_decay(rule, program);
  return {fmt::format("torch.optim.{}(groups, lr=lr{})", rule.torch,
                      descends ? fmt::format(", momentum={:g}", momentum) : ""),
          rule.has_eps(), descends || scaled || rule.torch_decay == passes::DecayKind::decoupled, scaled};
}

std::string group(const TorchWeight& weight, const TorchOptimizer& optimizer) {
  const MaximalWeight& exponents = weight.exponents;
  const std::string rate = weight.rate_factor == 1.0 ? "lr" : fmt::format("{:g} * lr", weight.rate_factor);
  std::string text = fmt::format("{{\"lr\": {}", scaled(rate, "r", exponents.c));
  if (optimizer.eps) text += fmt::format(", \"eps\": {}", scaled("eps", "r", exponents.d.value_or(Rational())));
  const Rational decay = optimizer.scaled_decay ? weight.scaled_decay : -exponents.c;
  if (optimizer.weight_decay) text += fmt::format(", \"weight_decay\": {}", scaled("weight_decay", "r", decay));
  return text + "}";
}

std::string notes(const std::vector<TorchWeight>& weights, const TorchOptimizer& optimizer) {
  std::string text =
      "# Parameters are the weights themselves, without multipliers; shapes are [out, in], as torch has them. A mean\n"
      "# over the width in the program is one in the module: attention logits are q . k divided by the head size "
      "where\n"
      "# it grows with n, not by its root, and so are the scores that a table of embeddings reads out, if tied.\n";
  const bool vectors =
      std::ranges::any_of(weights, [](const TorchWeight& weight) { return weight.exponents.role == ir::Role::vector; });
  if (vectors) text += "# Biases and gains of layer norms are vectors: they take the rate of an input weight.\n";
  text += "# A schedule (torch.optim.lr_scheduler) multiplies the rates of all groups, which keeps their ratios.\n";
  if (optimizer.scaled_decay) {
    text += "# weight_decay is a part of the gradient, and scaled like it: decay counts as much at every width.\n";
  } else if (optimizer.weight_decay) {
    text +=
        "# weight_decay grows as the rate falls: lr * weight_decay is what a step takes of a weight, at every width.\n";
  } else {
    text += "# Decay as a part of the gradient does not scale with the width: use adamw.\n";
  }
  for (const TorchWeight& weight : weights) {
    const MaximalWeight& exponents = weight.exponents;
    if (!exponents.remark.empty()) text += fmt::format("# {}: {}\n", exponents.name, exponents.remark);
  }
  return text;
}

std::string names_text(const std::vector<TorchWeight>& weights) {
  std::string text =
      "# By the name in the program the name in your module: edit the right side. `x` is `x.weight` too (Linear,\n"
      "# Embedding, LayerNorm); a list is for several parameters that are alike.\nNAMES = {\n";
  for (const TorchWeight& weight : weights) {
    const std::string& name = weight.exponents.name;
    text += fmt::format("    \"{}\": \"{}\",  # {}, {}\n", name, name_in_module(name), weight.shape,
                        role_name(weight.exponents.role));
  }
  return text + "}\n\n";
}

std::string init_text(const std::vector<TorchWeight>& weights) {
  std::string text =
      "def mup_init_(named_parameters, n, names=None):\n"
      "    \"\"\"Draws the initial values at width n: `mup_init_(model.named_parameters(), n)`.\"\"\"\n"
      "    draw = {\n";
  for (const TorchWeight& weight : weights) {
    text += fmt::format("        \"{}\": {},\n", weight.exponents.name, initial_value(weight.exponents));
  }
  return text +
         "    }\n"
         "    for name, parameters in mup_parameters(named_parameters, names).items():\n"
         "        for parameter in parameters:\n"
         "            draw[name](parameter)\n";
}

std::string groups_text(const std::vector<TorchWeight>& weights, const TorchOptimizer& optimizer) {
  const std::string settings =
      std::string(optimizer.weight_decay ? ", weight_decay=0.0" : "") + (optimizer.eps ? ", eps=1e-8" : "");
  std::string text = fmt::format(
      "def mup_groups(named_parameters, n, n_0, lr{}, names=None):\n"
      "    \"\"\"`groups = mup_groups(model.named_parameters(), n, n_0, lr)`, then\n"
      "    `{}`.\"\"\"\n"
      "    r = n / n_0\n    settings = {{\n",
      settings, optimizer.call);
  for (const TorchWeight& weight : weights) {
    text += fmt::format("        \"{}\": {},\n", weight.exponents.name, group(weight, optimizer));
  }
  return text +
         "    }\n"
         "    found = mup_parameters(named_parameters, names)\n"
         "    return [{\"params\": parameters, **settings[name]} for name, parameters in found.items() if "
         "parameters]\n";
}

}  // namespace

std::string pytorch_text(const sema::Program& program, const passes::MaximalUpdate& maximal,
                         const passes::UpdateRule& rule) {
  const TorchOptimizer optimizer = torch_optimizer(rule, program);
  const std::vector<TorchWeight> weights = torch_weights(program, maximal, rule);
  std::string text = fmt::format(
      "# The maximal update parametrization of `{}` for {}, by `tpc mup --format pytorch`: {}.\n"
      "# {} is the width, n_0 the one at which lr{}{} were tuned.\n",
      program.model, rule.name, verdict(maximal.classification),
      program.width == "n" ? "n" : "n, here `" + program.width + "`,", optimizer.eps ? ", eps" : "",
      optimizer.weight_decay ? ", weight_decay" : "");
  text += notes(weights, optimizer) + "import torch\n\n" + names_text(weights) + parameters_by_name + "\n\n";
  return text + init_text(weights) + "\n\n" + groups_text(weights, optimizer);
}

}  // namespace tpc::driver
