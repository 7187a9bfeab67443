#include "driver/words.h"

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

}  // namespace

std::string verdict(const passes::Classification& classification) {
  std::string text = std::string(passes::regime_name(classification.regime));
  if (classification.r) text += ", r = " + classification.r->str();
  if (classification.initial_function) {
    text += "; " + initial_words(*classification.initial_function);
  }
  return text;
}

std::string regime_words(passes::Regime regime) {
  switch (regime) {
    case passes::Regime::feature_learning: return "feature learning";
    case passes::Regime::kernel: return "kernel regime";
    case passes::Regime::trivial:
    case passes::Regime::unstable: break;
  }
  return std::string(passes::regime_name(regime));
}

std::string power_words(const std::string& width, const ir::Exponent& exponent) {
  return exponent.finite() ? width + "^(" + exponent.str() + ")" : "exactly 0";
}

}  // namespace tpc::driver
