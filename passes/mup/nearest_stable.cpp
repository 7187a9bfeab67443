#include "passes/mup/nearest_stable.h"

#include <algorithm>
#include <map>

#include "passes/mup/descent.h"
#include "passes/update/update.h"

namespace tpc::passes {

using ir::Exponent;
using ir::Rational;

namespace {

class RateSearch {
 public:
  /// Moves the point to a = 0 by the symmetry of math.md section 1.
  RateSearch(ir::tp::Module module, const std::vector<ir::State>& states) : module_(std::move(module)) {
    for (ir::State& state : module_.states) {
      auto same = [&](const ir::State& other) { return other.name == state.name; };
      const auto given = std::find_if(states.begin(), states.end(), same);
      if (given == states.end()) continue;
      state.a = 0;
      state.b = given->a + given->b;
      state.c = Rational(2) * given->a + given->c;
    }
    for (const ir::State& state : module_.states) first_.push_back(state.c);
  }

  std::optional<StablePoint> run() {
    analyze();
    if (point_.stable || !lower_rates()) return {};
    give_back();
    return StablePoint{changes(), point_};
  }

 private:
  void analyze() {
    ir::tp::Module trained = module_;
    add_sgd_step(trained, ir::SgdSettings::constant(1));
    analysis_ = analyze_width(trained);
    point_ = classify(trained, analysis_);
  }

  /// By which its own update is too fast (negative: could be faster).
  [[nodiscard]] Exponent excess(size_t state) const {
    return max(analysis_.update_contribution[state], analysis_.output_contribution[state]);
  }
  [[nodiscard]] bool is_fixed(size_t state) const { return module_.states[state].role == ir::Role::finite; }

  /// Those near the output first: their updates decide the gradients of the others. False: that does not help.
  bool lower_rates() {
    const size_t most_changes = 4 * module_.states.size() + 8;
    for (size_t count = 0; count < most_changes && !point_.stable; ++count) {
      size_t fast = module_.states.size();
      while (fast > 0 && (is_fixed(fast - 1) || excess(fast - 1) <= Exponent(0))) --fast;
      if (fast == 0) return false;
      module_.states[fast - 1].c += excess(fast - 1).rational();
      analyze();
    }
    return point_.stable;
  }

  void give_back() {
    for (size_t i = module_.states.size(); i-- > 0;) {
      Rational& c = module_.states[i].c;
      const Rational lowered = c;
      if (lowered == first_[i] || !excess(i).finite() || excess(i) >= Exponent(0)) continue;
      c = std::max(first_[i], lowered + excess(i).rational());
      analyze();
      if (point_.stable) continue;
      c = lowered;
      analyze();
    }
  }

  [[nodiscard]] std::vector<std::string> changes() const {
    std::map<std::pair<Rational, Rational>, std::vector<std::string>> by_size;  // {change, goal}
    for (size_t i = 0; i < first_.size(); ++i) {
      const ir::State& state = module_.states[i];
      if (state.c != first_[i]) by_size[{state.c - first_[i], state.c}].push_back(state.name);
    }
    std::vector<std::string> sentences;
    for (const auto& [by, names] : by_size) {
      sentences.push_back(mup::describe_change("2 a + c", names, by.first, by.second));
    }
    return sentences;
  }

  ir::tp::Module module_;
  std::vector<Rational> first_;  // 2 a + c by state, as given
  WidthAnalysis analysis_;
  Classification point_;
};

}  // namespace

std::optional<StablePoint> nearest_stable_rates(ir::tp::Module forward, const std::vector<ir::State>& states) {
  return RateSearch(mup::with_gradient(std::move(forward)), states).run();
}

}  // namespace tpc::passes
