#include "passes/mup/advice.h"

#include <algorithm>

#include "base/diag/check.h"

namespace tpc::passes {

using ir::Rational;

namespace {

const ir::State& named(const std::vector<ir::State>& states, const std::string& name) {
  const auto state = std::ranges::find(states, name, &ir::State::name);
  TPC_CHECK(state != states.end(), "advice for a weight of another program");
  return *state;
}

bool obeys(const std::vector<ir::State>& states, const Advice& advice) {
  const ir::State& state = named(states, advice.weight);
  const Rational value = value_of(advice.invariant, state);
  return value == advice.goal || (advice.at_least && value > advice.goal);
}

/// The point after the advice alone.
std::vector<ir::State> applied(std::vector<ir::State> states, const Advice& advice) {
  auto state = std::ranges::find(states, advice.weight, &ir::State::name);
  TPC_CHECK(state != states.end(), "advice for a weight of another program");
  (advice.invariant == Invariant::scale ? state->b : state->c) += advice.goal - advice.now;
  return states;
}

bool moves_output(const Classification& found) { return found.stable && found.nontrivial; }

}  // namespace

std::optional<StablePoint> confirm_advice(Classification& found, mup::Points& points,
                                          const std::vector<ir::State>& states) {
  std::optional<StablePoint> stable = found.stable ? std::nullopt : nearest_stable(points, states);
  for (Reason& reason : found.reasons) {
    if (!reason.advice) continue;
    const bool confirmed =
        found.stable ? moves_output(points.at(applied(points.states_of(states), *reason.advice)).classification)
                     : stable && obeys(stable->states, *reason.advice);
    if (!confirmed) reason.advice.reset();
  }
  std::erase_if(found.reasons, [](const Reason& reason) { return reason.text.empty() && !reason.advice; });
  return stable;
}

}  // namespace tpc::passes
