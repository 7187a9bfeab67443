#include "passes/mup/maximal_update.h"

#include <algorithm>

#include "passes/mup/descent.h"
#include "passes/mup/initial_scales.h"
#include "passes/width/wording.h"

namespace tpc::passes {

using ir::Exponent;
using ir::Rational;
using ir::Role;

namespace {

/// Whether every weight that moves moves what it produces by order one, and features do.
bool learns_through_every_weight(const Classification& found) {
  return found.regime == Regime::feature_learning && std::ranges::all_of(found.weights, [](const WeightReport& weight) {
           return weight.role == Role::finite || !weight.update_exponent.finite() ||
                  weight.update_exponent == Exponent(0);
         });
}

class MaximalUpdateSearch {
 public:
  explicit MaximalUpdateSearch(mup::Points& points)
      : points_(points), plain_(points.module(), ir::SgdSettings::constant(1)), states_(points.module().states) {
    for (ir::State& state : states_) state.b = state.c = 0;
    ir::tp::Module module = points.module();
    module.states = states_;
    scales_ = mup::initial_scales(module);
    for (size_t i = 0; i < states_.size(); ++i) {
      ir::State& state = states_[i];
      if (state.role == Role::finite) continue;
      state.b = scales_[i].b;
      state.c = Rational(2) * state.b - Rational(1);  // the change of the loss by this update alone is of order one
    }
  }

  MaximalUpdate run(const UpdateRule& rule) {
    found_ = plain_.at(states_);
    correct_learning_rates();
    const std::vector<Exponents> own = exponents_of(rule);
    settle(rule, own);
    MaximalUpdate result;
    for (const WeightReport& report : found_.classification.weights) {
      const size_t i = find_state(report.name);
      const ir::State& state = states_[i];
      MaximalWeight weight{report.name, report.role,
                           state.init,  state.a,
                           state.b,     own[i].c.value_or(state.c),
                           own[i].d,    report.update_exponent,
                           {},          scales_[i].embeds_and_reads_out,
                           state.span};
      weight.remark = remark(i, report);
      result.weights.push_back(std::move(weight));
    }
    result.states = std::move(states_);
    result.classification = std::move(found_.classification);
    return result;
  }

 private:
  /// One weight at a time, those near the output first: their updates decide the gradients of the others. A weight that
  /// is late to start (its gradient vanishes at first) is corrected by what the analysis finds at late steps.
  void correct_learning_rates() {
    const size_t most_corrections = 4 * states_.size() + 8;
    for (size_t count = 0; count < most_corrections; ++count) {
      size_t wrong = states_.size();
      while (wrong > 0 && !is_wrong(wrong - 1)) --wrong;
      if (wrong == 0) return;
      states_[wrong - 1].c += found_.analysis.update_contribution[wrong - 1].rational();
      found_ = plain_.at(states_);
    }
  }

  /// c and d of rules that do not follow the size of the gradient; for descent they are found as they are.
  struct Exponents {
    std::optional<Rational> c, d;
  };
  [[nodiscard]] std::vector<Exponents> exponents_of(const UpdateRule& rule) const {
    std::vector<Exponents> all(states_.size());
    for (size_t i = 0; i < all.size() && rule.kind != UpdateKind::descent; ++i) {
      if (states_[i].role != Role::finite) all[i].c = update_entries(i) - entries_at_rate_one(rule, i);
      const Exponent& entries = found_.analysis.states[i].update;  // n^{-c} times those of the gradient
      if (rule.kind == UpdateKind::entrywise) all[i].d = entries.finite() ? -(entries.rational() + states_[i].c) : 0;
    }
    return all;
  }

  /// Entries of an update whose singular values are all 1: n^{-1} in a matrix, n^{-1/2} with one dimension that grows.
  [[nodiscard]] Rational entries_at_rate_one(const UpdateRule& rule, size_t i) const {
    if (rule.kind != UpdateKind::spectral) return 0;
    return states_[i].type.kind == ir::Kind::matrix ? Rational(1) : Rational(1, 2);
  }

  /// The point as it is trained: by the rule itself, or by the program's own optimizer if that is one of descent.
  void settle(const UpdateRule& rule, const std::vector<Exponents>& own) {
    if (rule.kind == UpdateKind::spectral) return;
    if (rule.kind == UpdateKind::entrywise) {
      for (size_t i = 0; i < states_.size(); ++i) states_[i].c = own[i].c.value_or(states_[i].c);
      const bool by_program = points_.rule().kind == UpdateKind::entrywise;
      ir::EntrywiseSettings signs;
      signs.rule = ir::EntrywiseRule::signsgd;
      signs.learning_rate.first = 1.0;
      found_ = by_program ? points_.at(states_) : mup::Points(points_.forward(), signs).at(states_);
      return;
    }
    if (points_.rule().kind != UpdateKind::descent) {
      found_ = plain_.at(states_);
      return;
    }
    if (!points_.has_symmetry()) {
      for (ir::State& state : states_) {
        state.a = state.c * Rational(1, 2);
        state.b = state.b - state.a;
        state.c = 0;
      }
    }
    found_ = points_.at(states_);
  }

  [[nodiscard]] bool is_wrong(size_t state) const {
    const Exponent& contribution = found_.analysis.update_contribution[state];
    return states_[state].role != Role::finite && contribution.finite() && contribution != Exponent(0);
  }

  /// Entries of updates are to have the size of those of the maximal SGD update. For a weight that never moves:
  /// of its initial entries, or 1/n in a matrix, where n rank-one terms of one sign add up.
  [[nodiscard]] Rational update_entries(size_t i) const {
    const Exponent& entries = found_.analysis.states[i].update;
    if (entries.finite()) return -entries.rational();
    return states_[i].type.kind == ir::Kind::matrix ? Rational(1) : states_[i].b;
  }

  [[nodiscard]] size_t find_state(const std::string& name) const {
    return static_cast<size_t>(std::ranges::find(states_, name, &ir::State::name) - states_.begin());
  }

  [[nodiscard]] std::string remark(size_t i, const WeightReport& report) const {
    std::string text = scales_[i].remark;
    std::string why;
    if (!report.update_exponent.finite()) {
      why = "never moves: its gradient is exactly 0 at every step";
    } else if (report.role == Role::finite && report.update_exponent < Exponent(0)) {
      why = "is finite (a = b = c = 0), and its update only counts like " +
            width::power_of_width(module(), report.update_exponent);
    } else if (report.update_exponent != Exponent(0)) {
      why = "moves what it produces like " + width::power_of_width(module(), report.update_exponent) +
            ": no learning rate makes all updates of order one";
    }
    return text + (text.empty() || why.empty() ? "" : "; ") + why;
  }

  [[nodiscard]] const ir::tp::Module& module() const { return points_.module(); }

  mup::Points& points_;
  mup::Points plain_;
  std::vector<ir::State> states_;
  std::vector<mup::InitialScale> scales_;
  mup::Found found_;
};

}  // namespace

MaximalUpdate derive_maximal_update(mup::Points& points, const UpdateRule& rule) {
  return MaximalUpdateSearch(points).run(rule);
}

std::vector<std::string> changes_towards(const MaximalUpdate& maximal, mup::Points& points,
                                         const std::vector<ir::State>& states) {
  if (!learns_through_every_weight(maximal.classification)) return {};
  const std::vector<ir::State> now = points.states_of(states);
  std::vector<ir::State> then = now;
  const Invariant rate = points.rate_invariant();
  for (const MaximalWeight& weight : maximal.weights) {
    const auto state = std::ranges::find(then, weight.name, &ir::State::name);
    if (state == then.end() || weight.role == Role::finite) continue;
    if (weight.init.kind != ir::InitKind::zero) state->b = weight.a + weight.b - state->a;
    if (weight.update_exponent.finite()) state->c = powers_of_a(rate) * (weight.a - state->a) + weight.c;
  }
  std::vector<std::string> sentences = mup::describe_changes(now, then, rate);
  const bool scales_are_given = std::ranges::any_of(then, [](const ir::State& state) { return state.d.has_value(); });
  const bool as_now = sentences.empty() && !scales_are_given;
  if (as_now || learns_through_every_weight(points.at(then).classification)) return sentences;
  return {"paste the block that `tpc mup` prints"};
}

}  // namespace tpc::passes
