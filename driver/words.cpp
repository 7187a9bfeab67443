#include "driver/words.h"

#include "base/diag/check.h"
#include "ir/core/visit.h"

namespace tpc::driver {

namespace {

std::string initial_words(passes::InitialFunction initial) {
  switch (initial) {
    case passes::InitialFunction::zero: return "the output starts at 0";
    case passes::InitialFunction::gaussian_process: return "the output starts as a Gaussian process";
    case passes::InitialFunction::deterministic: return "the output starts as a fixed function, not 0";
    case passes::InitialFunction::other: break;
  }
  return "the output starts of order one, not as a Gaussian process of mean zero";
}

/// Whether updates add up earlier gradients where they are proportional to them.
bool accumulates(const ir::OptimizerSettings& optimizer) {
  return std::visit(ir::Overloaded{[](const ir::SgdSettings& sgd) { return sgd.momentum != 0.0; },
                                   [](const ir::EntrywiseSettings& entrywise) {
                                     switch (entrywise.rule) {
                                       case ir::EntrywiseRule::adam:
                                       case ir::EntrywiseRule::adamw:
                                       case ir::EntrywiseRule::lion: return entrywise.beta1 != 0.0;
                                       case ir::EntrywiseRule::signsgd:
                                       case ir::EntrywiseRule::rmsprop:
                                       case ir::EntrywiseRule::adagrad: return entrywise.momentum != 0.0;
                                     }
                                     internal_error(__FILE__, __LINE__, "no such rule");
                                   }},
                    optimizer);
}

}  // namespace

std::string verdict(const passes::Classification& classification) {
  std::string text = std::string(passes::regime_name(classification.regime));
  if (classification.r) text += ", r = " + classification.r->str();
  if (classification.initial_function) {
    text += "; " + initial_words(*classification.initial_function);
  }
  return text;
}

std::string regime_words(const passes::Classification& classification) {
  switch (classification.regime) {
    case passes::Regime::feature_learning: return "feature learning";
    case passes::Regime::kernel: return passes::is_entrywise(classification) ? "operator regime" : "kernel regime";
    case passes::Regime::trivial:
    case passes::Regime::unstable: break;
  }
  return std::string(passes::regime_name(classification.regime));
}

std::string faithfulness_words(passes::Faithfulness faithfulness, const ir::OptimizerSettings& optimizer) {
  switch (faithfulness) {
    case passes::Faithfulness::faithful: return "faithful";
    case passes::Faithfulness::eps_dominates:
      return std::string("eps dominates: acts as ") + (accumulates(optimizer) ? "momentum SGD" : "SGD");
    case passes::Faithfulness::eps_vanishes: return "eps vanishes";
  }
  internal_error(__FILE__, __LINE__, "no such faithfulness");
}

std::string power_words(const std::string& width, const ir::Exponent& exponent) {
  return exponent.finite() ? width + "^(" + exponent.str() + ")" : "exactly 0";
}

}  // namespace tpc::driver
