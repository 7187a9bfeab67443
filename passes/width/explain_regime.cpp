#include <map>
#include <string>

#include "passes/width/forward.h"
#include "passes/width/reasons.h"
#include "passes/width/wording.h"

namespace tpc::passes::width {

using ir::Exponent;
using ir::Kind;
using ir::Rational;
using ir::StateId;
using ir::ValueId;

namespace {

class Explanation {
 public:
  Explanation(const ir::tp::Module& module, const WidthAnalysis& analysis, const Classification& classification)
      : module_(module),
        analysis_(analysis),
        classification_(classification),
        predict_(*module.find(ir::FunctionRole::predict)) {}

  std::vector<Reason> sentences() {
    switch (classification_.regime) {
      case Regime::feature_learning: feature_learning(); break;
      case Regime::kernel: kernel(); break;
      case Regime::trivial: trivial(); break;
      case Regime::unstable: break;
    }
    vanishing_updates();
    initial_function();
    return std::move(reasons_);
  }

 private:
  void say(std::string text, Span span = {}) { reasons_.push_back({std::move(text), span}); }
  [[nodiscard]] std::string order(const Exponent& exponent) const { return power_of_width(module_, exponent); }

  void feature_learning() {
    ValueId fastest = fastest_hidden_vector(module_, analysis_).vector;
    say("feature learning: the hidden vector " + quoted_value(module_, predict_, fastest) +
            " moves by order one during training (r = 0)",
        predict_.at(fastest).span);
  }

  void kernel() {
    std::string features = "no hidden vector ever moves";
    Movement fastest = fastest_hidden_vector(module_, analysis_);
    if (fastest.vector.valid()) {
      features = "no hidden vector moves in the limit (" + quoted_value(module_, predict_, fastest.vector) +
                 " moves most, like " + order(fastest.exponent) + ")";
    }
    std::vector<std::string> inside;
    for (const WeightReport& weight : classification_.weights) {
      if (weight.in_kernel.value_or(false)) inside.push_back(weight.name);
    }
    say((is_entrywise(classification_) ? "operator regime: " : "kernel regime: ") + features +
        ", while the output moves by order one through the updates of " +
        (inside.empty() ? "several weights together" : enumeration(inside)));
  }

  void trivial() {
    const Exponent& change = classification_.output.change;
    say(change.finite() ? "trivial: the output moves only like " + order(change) + " during training"
                        : "trivial: the output never moves, its gradients are exactly 0");
    for (const WeightUse& use : weight_uses(predict_)) {
      if (predict_.type(use.result).kind != Kind::scalar || use.states.size() != 1 || !use.is_product) continue;
      const ir::State& state = module_.state(use.states.front());
      const Exponent& contribution = analysis_.update_contribution[use.states.front().index];
      if (!contribution.finite()) continue;
      const Invariant rate = rate_invariant(state);
      const Rational now = value_of(rate, state);
      const Rational goal = now + contribution.rational();
      reasons_.push_back({{}, state.span, Advice{state.name, rate, now, goal}});
    }
  }

  void vanishing_updates() {
    std::map<Rational, std::vector<std::string>> slow;
    for (size_t i = 0; i < module_.states.size(); ++i) {
      const Exponent& contribution = analysis_.update_contribution[i];
      if (contribution.finite() && contribution < Exponent(0)) {
        slow[contribution.rational()].push_back(module_.states[i].name);
      }
    }
    for (const auto& [contribution, names] : slow) {
      bool one = names.size() == 1;
      say((one ? "the update of " : "the updates of ") + enumeration(names) +
          (one ? " moves what it" : " move what each") + " produces only like " + order(contribution));
    }
  }

  void initial_function() {
    switch (*classification_.initial_function) {
      case InitialFunction::zero: return say("the initial output vanishes, " + initial_size());
      case InitialFunction::gaussian_process:
        return say("the initial output is of order one: a sum over the width whose terms have mean zero");
      case InitialFunction::deterministic:
        return say("the initial output is of order one and the same for every draw of the weights: it is an average");
      case InitialFunction::other:
        return say(
            "the initial output is of order one, but neither a fixed function nor a Gaussian process of mean zero");
    }
  }
  [[nodiscard]] std::string initial_size() const {
    const Exponent& exponent = classification_.output.initial;
    return exponent.finite() ? "like " + order(exponent) : "being exactly 0";
  }

  const ir::tp::Module& module_;
  const WidthAnalysis& analysis_;
  const Classification& classification_;
  const ir::tp::Function& predict_;
  std::vector<Reason> reasons_;
};

}  // namespace

std::vector<Reason> explain_regime(const ir::tp::Module& module, const WidthAnalysis& analysis,
                                   const Classification& classification) {
  return Explanation(module, analysis, classification).sentences();
}

Movement fastest_hidden_vector(const ir::tp::Module& module, const WidthAnalysis& analysis) {
  const auto& predict = *module.find(ir::FunctionRole::predict);
  Movement fastest;
  bool named = false;
  for (const ValueId id : hidden_vectors(predict)) {
    const Exponent change = user_exponent(predict, id, analysis.predict[id.index].change);
    bool has_name = !predict.at(id).name.empty();
    if (change < fastest.exponent || (change == fastest.exponent && (named || !has_name))) continue;
    fastest = {id, change};
    named = has_name;
  }
  return fastest;
}

}  // namespace tpc::passes::width
