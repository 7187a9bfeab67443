#include "passes/mup/nearest_stable.h"

#include <algorithm>

#include "passes/mup/descent.h"

namespace tpc::passes {

using ir::Exponent;
using ir::Rational;

namespace {

class StableSearch {
 public:
  StableSearch(mup::Points& points, const std::vector<ir::State>& states)
      : points_(points), first_(points.states_of(states)), states_(first_) {}

  std::optional<StablePoint> run() {
    analyze();
    if (is_stable() || !mend_initial_sizes() || !lower_rates()) return {};
    give_back();
    return StablePoint{mup::describe_changes(first_, states_, points_.rate_invariant()), states_,
                       found_.classification};
  }

 private:
  void analyze() { found_ = points_.at(states_); }
  [[nodiscard]] bool is_stable() const { return found_.classification.stable; }
  [[nodiscard]] size_t most_changes() const { return 4 * states_.size() + 8; }

  /// By which its own update is too fast (negative: could be faster).
  [[nodiscard]] Exponent excess(size_t state) const {
    return max(found_.analysis.update_contribution[state], found_.analysis.output_contribution[state]);
  }
  [[nodiscard]] bool is_fixed(size_t state) const { return states_[state].role == ir::Role::finite; }

  /// Those that the analysis names; what is computed from their products comes to light after them. False: a weight is
  /// asked for a larger and for a smaller size.
  bool mend_initial_sizes() {
    for (size_t count = 0; count < most_changes(); ++count) {
      bool changed = false;
      for (const Reason& reason : found_.classification.reasons) {
        if (!reason.advice || reason.advice->invariant != Invariant::scale) continue;
        const auto state = std::ranges::find(states_, reason.advice->weight, &ir::State::name);
        if (state == states_.end() || state->role == ir::Role::finite) continue;
        const Rational by = reason.advice->goal - reason.advice->now;
        const Rational so_far = state->b - first_[static_cast<size_t>(state - states_.begin())].b;
        if (by * so_far < Rational(0)) return false;
        state->b += by;
        changed = true;
      }
      if (!changed) return true;
      analyze();
    }
    return false;
  }

  /// Those near the output first: their updates decide the gradients of the others. False: that does not help.
  bool lower_rates() {
    for (size_t count = 0; count < most_changes() && !is_stable(); ++count) {
      size_t fast = states_.size();
      while (fast > 0 && (is_fixed(fast - 1) || excess(fast - 1) <= Exponent(0))) --fast;
      if (fast == 0) return false;
      states_[fast - 1].c += excess(fast - 1).rational();
      analyze();
    }
    return is_stable();
  }

  void give_back() {
    for (size_t i = states_.size(); i-- > 0;) {
      Rational& c = states_[i].c;
      const Rational lowered = c;
      if (lowered == first_[i].c || !excess(i).finite() || excess(i) >= Exponent(0)) continue;
      c = std::max(first_[i].c, lowered + excess(i).rational());
      analyze();
      if (is_stable()) continue;
      c = lowered;
      analyze();
    }
  }

  mup::Points& points_;
  const std::vector<ir::State> first_;
  std::vector<ir::State> states_;
  mup::Found found_;
};

}  // namespace

std::optional<StablePoint> nearest_stable(mup::Points& points, const std::vector<ir::State>& states) {
  return StableSearch(points, states).run();
}

}  // namespace tpc::passes
