#include "passes/kernel/derive_operator.h"

#include "ir/core/visit.h"
#include "passes/kernel/frozen_network.h"
#include "passes/kernel/linearised_program.h"
#include "passes/kernel/no_kernel.h"

namespace tpc::passes {
namespace {

namespace tp = ir::tp;
namespace limit = ir::limit;
using ir::Exponent;
using kernel::NoKernel;

bool decays(const ir::OptimizerSettings& optimizer) {
  return std::visit(ir::Overloaded{[](const ir::SgdSettings& sgd) { return sgd.weight_decay != 0.0; },
                                   [](const ir::EntrywiseSettings& entrywise) {
                                     return entrywise.coupled_decay != 0.0 || entrywise.decoupled_decay != 0.0;
                                   }},
                    optimizer);
}

/// Every state whose own update moves the output by order one; those of the others that train are listed as vanishing.
std::vector<bool> moving_states(const tp::Module& module, const WidthAnalysis& analysis,
                                std::vector<ir::VanishingTerm>& vanishing) {
  std::vector<bool> moving;
  for (size_t i = 0; i < module.states.size(); ++i) {
    const Exponent& exponent = analysis.output_contribution[i];
    moving.push_back(exponent >= Exponent(0));
    if (moving.back() || !exponent.finite()) continue;
    vanishing.push_back({"effect of " + module.states[i].name, exponent, module.states[i].span});
  }
  return moving;
}

limit::Module derived(const tp::Module& module, const WidthAnalysis& analysis, const ir::OptimizerSettings& optimizer) {
  kernel::check_loss(module);
  if (decays(optimizer)) {
    throw NoKernel{
        "weight decay in the kernel regime: it shrinks the weights, and with them features and gradients, while "
        "training moves only the output",
        kernel::output_of(module).span};
  }
  std::vector<ir::VanishingTerm> vanishing;
  kernel::Linearised wanted;
  wanted.moving = moving_states(module, analysis, vanishing);
  wanted.trains_others = ir::descent(optimizer).clip.has_value();
  wanted.starts_random = kernel::starts_as_process(module, analysis);
  const tp::Module program = kernel::linearised_program(module, wanted, optimizer);
  auto result = derive_limit(program, analyze_width(program));
  if (const auto* failure = std::get_if<LimitFailure>(&result)) throw NoKernel{failure->message, failure->span};
  limit::Module& target = std::get<limit::Module>(result);
  target.vanishing.insert(target.vanishing.begin(), vanishing.begin(), vanishing.end());
  return std::move(target);
}

}  // namespace

std::variant<limit::Module, LimitFailure> derive_operator(const tp::Module& module, const WidthAnalysis& analysis,
                                                          const ir::OptimizerSettings& optimizer) {
  try {
    return derived(module, analysis, optimizer);
  } catch (const NoKernel& failure) {
    return LimitFailure{failure.message, failure.span};
  }
}

}  // namespace tpc::passes
