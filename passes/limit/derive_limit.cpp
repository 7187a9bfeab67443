#include "passes/limit/derive_limit.h"

#include <utility>

#include "passes/limit/derive_function.h"

namespace tpc::passes {
namespace {

namespace tp = ir::tp;
namespace limit = ir::limit;
using ir::Exponent;
using ir::Kind;
using ir::Rational;
using ir::StateId;

/// Initial value and updates of a state, in exponents of what they contribute to its uses: the entries of an initial
/// matrix act through the central limit theorem (n^{1/2} per product), its updates through the law of large numbers
/// (n).
struct Contributions {
  Exponent initial, updates;
};

Contributions contributions(const ir::State& state, const StateExponents& exponents) {
  if (state.type.kind != Kind::matrix) return {exponents.initial, exponents.update};
  return {exponents.initial + Exponent(Rational(1, 2)), exponents.update + Exponent(1)};
}

void note_vanishing(limit::Module& target, const ir::State& state, const char* what, const Exponent& its,
                    const Exponent& kept) {
  if (!its.finite()) return;
  target.vanishing.push_back({std::string(what) + " of " + state.name, its.rational() - kept.rational(), state.span});
}

/// Normalises the state: scale, initial law, and which of its two parts stay.
StateLimit derive_state(const ir::State& state, const StateExponents& exponents, limit::Module& target) {
  auto [initial, updates] = contributions(state, exponents);
  const Exponent leading = ir::max(initial, updates);
  StateLimit kept{initial == leading && leading.finite(), updates == leading && leading.finite()};

  ir::State derived = state;
  derived.scale = leading;
  if (state.type.kind == Kind::matrix) derived.scale = leading + Exponent(Rational(-1, 2));
  if (!kept.keeps_initial) {
    derived.init = {};
    note_vanishing(target, state, "initial value", initial, leading);
  }
  if (!kept.keeps_updates) note_vanishing(target, state, "update", updates, leading);
  target.states.push_back(std::move(derived));
  return kept;
}

}  // namespace

std::variant<limit::Module, LimitFailure> derive_limit(const tp::Module& module, const WidthAnalysis& analysis) {
  limit::Module target;
  target.name = module.name;
  target.width = module.width;
  target.dims = module.dims;
  std::vector<StateLimit> states;
  for (size_t i = 0; i < module.states.size(); ++i) {
    states.push_back(derive_state(module.states[i], analysis.states[i], target));
  }
  for (const tp::Function& function : module.functions) {
    if (auto failure = derive_function(module, function, states, target)) return *failure;
  }
  return target;
}

}  // namespace tpc::passes
