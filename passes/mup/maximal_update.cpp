#include "passes/mup/maximal_update.h"

#include <algorithm>
#include <map>

#include "base/diag/check.h"
#include "passes/mup/descent.h"
#include "passes/mup/initial_scales.h"
#include "passes/update/update.h"
#include "passes/width/wording.h"

namespace tpc::passes {

using ir::Exponent;
using ir::Rational;
using ir::Role;
using ir::StateId;
namespace tp = ir::tp;

namespace {

class MaximalUpdateSearch {
 public:
  explicit MaximalUpdateSearch(tp::Module module) : module_(std::move(module)) {
    for (ir::State& state : module_.states) {
      TPC_CHECK(state.a.is_zero(), "the maximal update is derived at a = 0");
      state.b = state.c = 0;
    }
    scales_ = mup::initial_scales(module_);
    for (size_t i = 0; i < module_.states.size(); ++i) {
      ir::State& state = module_.states[i];
      if (state.role == Role::finite) continue;
      state.b = scales_[i].b;
      state.c = Rational(2) * state.b - Rational(1);  // the change of the loss by this update alone is of order one
    }
  }

  MaximalUpdate run(UpdateRule rule) {
    analyze();
    correct_learning_rates();
    MaximalUpdate result;
    result.classification = classify(trained_, analysis_);
    for (const WeightReport& report : result.classification.weights) {
      const size_t i = find_state(report.name);
      MaximalWeight weight{report.name,
                           report.role,
                           module_.states[i].init,
                           report.a,
                           report.b,
                           report.c,
                           report.update_exponent,
                           {},
                           module_.states[i].span};
      if (rule == UpdateRule::adam && weight.role != Role::finite) weight.c = adam_exponent(i);
      weight.remark = remark(i, report);
      result.weights.push_back(std::move(weight));
    }
    return result;
  }

 private:
  void analyze() {
    trained_ = module_;
    add_sgd_step(trained_, ir::SgdSettings::constant(1));
    analysis_ = analyze_width(trained_);
  }

  /// One weight at a time, those near the output first: their updates decide the gradients of the others. A weight that
  /// is late to start (its gradient vanishes at first) is corrected by what the analysis finds at late steps.
  void correct_learning_rates() {
    const size_t most_corrections = 4 * module_.states.size() + 8;
    for (size_t count = 0; count < most_corrections; ++count) {
      size_t wrong = module_.states.size();
      while (wrong > 0 && !is_wrong(wrong - 1)) --wrong;
      if (wrong == 0) return;
      module_.states[wrong - 1].c += analysis_.update_contribution[wrong - 1].rational();
      analyze();
    }
  }

  [[nodiscard]] bool is_wrong(size_t state) const {
    const Exponent& contribution = analysis_.update_contribution[state];
    return module_.states[state].role != Role::finite && contribution.finite() && contribution != Exponent(0);
  }

  /// Entries of update n^{-c} are to have the size of those of the maximal SGD update. For a weight that never moves:
  /// of its initial entries, or 1/n in a matrix, where n rank-one terms of one sign add up.
  [[nodiscard]] Rational adam_exponent(size_t i) const {
    const Exponent& entries = analysis_.states[i].update;
    if (entries.finite()) return -entries.rational();
    return module_.states[i].type.kind == ir::Kind::matrix ? Rational(1) : module_.states[i].b;
  }

  [[nodiscard]] size_t find_state(const std::string& name) const {
    auto named = [&](const ir::State& state) { return state.name == name; };
    return static_cast<size_t>(std::find_if(module_.states.begin(), module_.states.end(), named) -
                               module_.states.begin());
  }

  [[nodiscard]] std::string remark(size_t i, const WeightReport& report) const {
    std::string text = scales_[i].remark;
    std::string why;
    if (!report.update_exponent.finite()) {
      why = "never moves: its gradient is exactly 0 at every step";
    } else if (report.role == Role::finite && report.update_exponent < Exponent(0)) {
      why = "is finite (a = b = c = 0), and its update only counts like " +
            width::power_of_width(module_, report.update_exponent);
    } else if (report.update_exponent != Exponent(0)) {
      why = "moves what it produces like " + width::power_of_width(module_, report.update_exponent) +
            ": no learning rate makes all updates of order one";
    }
    return text + (text.empty() || why.empty() ? "" : "; ") + why;
  }

  tp::Module module_;   // forward and gradient
  tp::Module trained_;  // the same with the step of descent at the present exponents
  std::vector<mup::InitialScale> scales_;
  WidthAnalysis analysis_;
};

}  // namespace

MaximalUpdate derive_maximal_update(tp::Module forward, UpdateRule rule) {
  return MaximalUpdateSearch(mup::with_gradient(std::move(forward))).run(rule);
}

std::vector<std::string> changes_towards(const MaximalUpdate& maximal, const std::vector<ir::State>& states) {
  std::map<std::pair<Rational, Rational>, std::vector<std::string>> scales, rates;  // by {change, goal}
  for (const MaximalWeight& weight : maximal.weights) {
    auto named = [&](const ir::State& state) { return state.name == weight.name; };
    const auto state = std::find_if(states.begin(), states.end(), named);
    if (state == states.end() || weight.role == Role::finite) continue;
    const Rational scale = weight.a + weight.b - (state->a + state->b);
    const Rational doubled = Rational(2) * weight.a + weight.c;
    const Rational rate = doubled - (Rational(2) * state->a + state->c);
    const bool is_zero = weight.init.kind == ir::InitKind::zero;
    if (!scale.is_zero() && !is_zero) scales[{scale, weight.a + weight.b}].push_back(weight.name);
    if (!rate.is_zero() && weight.update_exponent.finite()) rates[{rate, doubled}].push_back(weight.name);
  }
  std::vector<std::string> sentences;
  for (const auto& [by, names] : scales) sentences.push_back(mup::describe_change("a + b", names, by.first, by.second));
  for (const auto& [by, names] : rates)
    sentences.push_back(mup::describe_change("2 a + c", names, by.first, by.second));
  return sentences;
}

}  // namespace tpc::passes
