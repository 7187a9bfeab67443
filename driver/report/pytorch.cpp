#include "driver/report/pytorch.h"

#include <fmt/format.h>

#include <algorithm>

#include "driver/words.h"

namespace tpc::driver {
namespace {

using ir::Rational;
using passes::MaximalWeight;
using passes::UpdateKind;

/// The weight as torch holds it, without a multiplier: effective exponents (a + b, and what a does to the rate).
MaximalWeight effective(MaximalWeight weight, const passes::UpdateRule& rule) {
  const Rational times(rule.kind == UpdateKind::descent ? 2 : 1);
  weight.b += weight.a;
  weight.c += times * weight.a;
  if (weight.d) weight.d = *weight.d - weight.a;
  weight.a = 0;
  return weight;
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

std::string initial_value(const MaximalWeight& weight) {
  switch (weight.init.kind) {
    case ir::InitKind::zero: return "torch.nn.init.zeros_(parameters[name])";
    case ir::InitKind::constant:
      return fmt::format("torch.nn.init.constant_(parameters[name], {})",
                         scaled(fmt::format("{:g}", weight.init.value), "n", weight.b));
    case ir::InitKind::gaussian: break;
  }
  return fmt::format("torch.nn.init.normal_(parameters[name], std={})",
                     scaled(fmt::format("{:g}", weight.init.value), "n", weight.b));
}

/// The optimizer's class, and what its groups take besides "params" and "lr".
struct TorchOptimizer {
  std::string call;
  bool eps = false, weight_decay = false;
};

TorchOptimizer torch_optimizer(const passes::UpdateRule& rule) {
  if (rule.name == "sgd") return {"torch.optim.SGD(groups, lr=lr, momentum=0.0)", false, true};
  if (rule.name == "adam") return {"torch.optim.Adam(groups, lr=lr)", true, false};
  if (rule.name == "adamw") return {"torch.optim.AdamW(groups, lr=lr)", true, true};
  if (rule.name == "rmsprop") return {"torch.optim.RMSprop(groups, lr=lr)", true, false};
  if (rule.name == "adagrad") return {"torch.optim.Adagrad(groups, lr=lr)", true, false};
  return {fmt::format("{}(groups, lr=lr), of a library of yours", rule.name), rule.has_eps, true};
}

std::string group(const MaximalWeight& weight, const TorchOptimizer& optimizer) {
  std::string text = fmt::format("        {{\"params\": [parameters[names.get(\"{0}\", \"{0}\")]], \"lr\": {1}",
                                 weight.name, scaled("lr", "r", weight.c));
  if (optimizer.eps) text += fmt::format(", \"eps\": {}", scaled("eps", "r", weight.d.value_or(Rational())));
  if (optimizer.weight_decay) text += fmt::format(", \"weight_decay\": {}", scaled("weight_decay", "r", -weight.c));
  return text + "},\n";
}

std::string notes(const passes::MaximalUpdate& maximal, const passes::UpdateRule& rule) {
  std::string text =
      "# Parameters are the weights themselves, without multipliers. Attention logits: divide by the head size where "
      "it\n"
      "# grows with n, not by its root (keys and queries become correlated by training).\n";
  const bool vectors =
      std::ranges::any_of(maximal.weights, [](const MaximalWeight& weight) { return weight.role == ir::Role::vector; });
  if (vectors) text += "# Biases and gains of layer norms are vectors: they take the rate of an input weight.\n";
  const bool tied =
      std::ranges::any_of(maximal.weights, [](const MaximalWeight& weight) { return weight.embeds_and_reads_out; });
  if (tied) text += "# A table that embeds and reads out: divide what it reads out by n.\n";
  if (rule.decay == passes::DecayKind::decoupled || rule.kind == UpdateKind::descent) {
    text +=
        "# weight_decay grows as the rate falls: lr * weight_decay is what a step takes of a weight, at every width.\n";
  } else {
    text += "# Decay as a part of the gradient does not scale with the width: use adamw.\n";
  }
  for (const MaximalWeight& weight : maximal.weights) {
    if (!weight.remark.empty()) text += fmt::format("# {}: {}\n", weight.name, weight.remark);
  }
  return text;
}

}  // namespace

std::string pytorch_text(const sema::Program& program, const passes::MaximalUpdate& maximal,
                         const passes::UpdateRule& rule) {
  const TorchOptimizer optimizer = torch_optimizer(rule);
  std::string text = fmt::format(
      "# The maximal update parametrization of `{}` for {}, by `tpc mup --format pytorch`: {}.\n"
      "# {} is the width, n_0 the one at which lr{}{} were tuned.\n",
      program.model, rule.name, verdict(maximal.classification),
      program.width == "n" ? "n" : "n, here `" + program.width + "`,", optimizer.eps ? ", eps" : "",
      optimizer.weight_decay ? ", weight_decay" : "");
  text += notes(maximal, rule) + "import torch\n\n\n";
  text +=
      "def mup_init_(named_parameters, n, names=None):\n"
      "    \"\"\"Draws the initial values. names: by the names in the program those of the module, where they "
      "differ.\"\"\"\n"
      "    parameters, names = dict(named_parameters), dict(names or {})\n";
  for (const MaximalWeight& raw : maximal.weights) {
    const MaximalWeight weight = effective(raw, rule);
    text += fmt::format("    name = names.get(\"{0}\", \"{0}\")\n    {1}\n", weight.name, initial_value(weight));
  }
  text += "\n\ndef mup_groups(named_parameters, n, n_0, lr";
  if (optimizer.weight_decay) text += ", weight_decay=0.0";
  if (optimizer.eps) text += ", eps=1e-8";
  text += fmt::format(
      ", names=None):\n    \"\"\"Parameter groups: `groups = mup_groups(model.named_parameters(), ...)`, then "
      "`{}`.\"\"\"\n",
      optimizer.call);
  text += "    parameters, names, r = dict(named_parameters), dict(names or {}), n / n_0\n    return [\n";
  for (const MaximalWeight& raw : maximal.weights) text += group(effective(raw, rule), optimizer);
  return text + "    ]\n";
}

}  // namespace tpc::driver
