#include "driver/exponent_space.h"

#include <algorithm>

namespace tpc::driver {
namespace {

using ir::Rational;

/// "W" of "W[2]".
std::string family_of(const std::string& name) { return name.substr(0, name.find('[')); }

/// A number without n in its shape has no exponents.
bool has_exponents(const ir::State& state) { return state.role != ir::Role::finite; }

}  // namespace

Exponents plus(const Exponents& a, const Rational& factor, const Exponents& b) {
  Exponents sum = a;
  for (size_t i = 0; i < sum.size(); ++i) sum[i] += factor * b[i];
  return sum;
}

Rational dot(const Exponents& a, const Exponents& b) {
  Rational sum;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

bool is_zero(const Exponents& exponents) {
  return std::ranges::all_of(exponents, [](const Rational& exponent) { return exponent.is_zero(); });
}

Exponents ExponentSpace::of(const std::vector<ir::State>& states) const {
  Exponents exponents;
  for (const ir::State& own : states_) {
    const auto state = std::ranges::find(states, own.name, &ir::State::name);
    const ir::State& from = state == states.end() ? own : *state;
    exponents.push_back(value_of(passes::Invariant::scale, from));
    exponents.push_back(value_of(rate_, from));
  }
  return exponents;
}

std::vector<ir::State> ExponentSpace::states_at(const Exponents& exponents) const {
  std::vector<ir::State> states = states_;
  for (size_t i = 0; i < states.size(); ++i) {  // a stays: what is trained is what the file says
    states[i].b += exponents[2 * i] - value_of(passes::Invariant::scale, states[i]);
    states[i].c += exponents[2 * i + 1] - value_of(rate_, states[i]);
  }
  return states;
}

template <class Belongs>
Exponents ExponentSpace::direction_of(Part part, Belongs belongs) const {
  Exponents direction(2 * states_.size());
  for (size_t i = 0; i < states_.size(); ++i) {
    if (!has_exponents(states_[i]) || !belongs(states_[i])) continue;
    if (part == Part::scale && states_[i].init.kind == ir::InitKind::zero) continue;
    direction[2 * i + (part == Part::rate ? 1 : 0)] = 1;
  }
  return direction;
}

Exponents ExponentSpace::direction(Part part, const std::vector<ir::Role>& roles) const {
  return direction_of(part, [&](const ir::State& state) {
    return roles.empty() || std::ranges::find(roles, state.role) != roles.end();
  });
}

Exponents ExponentSpace::direction_of_family(Part part, const std::string& family) const {
  return direction_of(part, [&](const ir::State& state) { return family_of(state.name) == family; });
}

std::vector<std::string> ExponentSpace::families() const {
  std::vector<std::string> names;
  for (const ir::State& state : states_) {
    const std::string name = family_of(state.name);
    if (has_exponents(state) && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace tpc::driver
