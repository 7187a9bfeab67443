#include "passes/limit/derive_limit.h"

#include <utility>

#include "ir/tp/criterion.h"
#include "ir/tp/entries.h"
#include "passes/limit/derive_function.h"
#include "passes/limit/unused_states.h"

namespace tpc::passes {
namespace {

namespace tp = ir::tp;
namespace limit = ir::limit;
using ir::Exponent;
using ir::Kind;
using ir::Rational;
using ir::StateId;

/// ZMatMul, ZUpdate: initial value and updates of a state, in exponents of what they contribute to its uses: the
/// entries of an initial matrix act through the central limit theorem (n^{1/2} per product), its updates through the
/// law of large numbers (n).
struct Contributions {
  Exponent initial, rescaled, updates;  ///< rescaled: what training made of initial matrices
};

Contributions contributions(const ir::State& state, const StateExponents& exponents) {
  if (state.type.kind != Kind::matrix) return {exponents.initial, {}, exponents.update};
  const Exponent half(Rational(1, 2));
  return {exponents.initial + half, exponents.rescaled + half, exponents.update + Exponent(1)};
}

void note_vanishing(limit::Module& target, const ir::State& state, const char* what, const Exponent& its,
                    const Exponent& kept) {
  if (!its.finite()) return;
  target.vanishing.push_back({std::string(what) + " of " + state.name, its.rational() - kept.rational(), state.span});
}

/// Entries of the updates, whose products with vectors have the leading exponent; `scale` is that of W_0's entries.
Exponent scale_of_updates(const Exponent& scale) { return scale + Exponent(Rational(-1, 2)); }

/// ZInit, ZLead: normalises the state: scale, initial law, and which of its two parts stay.
StateLimit derive_state(StateId own, const ir::State& state, const StateExponents& exponents, bool entrywise,
                        limit::Module& target) {
  auto [initial, rescaled, updates] = contributions(state, exponents);
  const Exponent leading = ir::max(ir::max(initial, rescaled), updates);
  const bool keeps_rescaled = rescaled == leading && leading.finite();
  StateLimit kept;
  kept.keeps_initial = (initial == leading && leading.finite()) || keeps_rescaled;
  kept.keeps_updates = updates == leading && leading.finite();
  kept.entrywise = entrywise;
  kept.gaussian = exponents.gaussian.valid() ? exponents.gaussian : own;

  ir::State derived = state;
  derived.scale = leading;
  if (state.type.kind == Kind::matrix) derived.scale = leading + Exponent(Rational(-1, 2));
  if (entrywise && !kept.keeps_initial) {
    derived.type.kind = Kind::pair;
    derived.scale = scale_of_updates(derived.scale);
    if (kept.keeps_updates) kept.pairs = own;
  }
  if (!kept.keeps_initial) {
    derived.init = {};
    note_vanishing(target, state, "initial value", initial, leading);
  }
  if (!kept.keeps_updates) note_vanishing(target, state, "update", updates, leading);
  const bool stays_in_entries = entrywise && !kept.keeps_initial && exponents.rescaled == exponents.update;
  if (!keeps_rescaled && !stays_in_entries) note_vanishing(target, state, "decay", rescaled, leading);
  target.states.push_back(std::move(derived));
  return kept;
}

/// ZShare: alpha of W_t = alpha_t W_0 + updates: 1 at first for W itself, 0 for a matrix that only picks up a multiple
/// of W_0.
StateId add_share(const ir::State& matrix, limit::Module& target) {
  ir::State share;
  share.name = "α " + matrix.name;
  share.type = {Kind::scalar, {}};
  share.init = matrix.init.kind == ir::InitKind::gaussian ? ir::Init{ir::InitKind::constant, 1.0} : ir::Init{};
  share.role = ir::Role::finite;
  share.span = matrix.span;
  target.states.push_back(std::move(share));
  return StateId(target.states.size() - 1);
}

/// What training makes of a matrix that also keeps its initial value, by pairs of points.
StateId add_updates_by_pairs(const ir::State& matrix, limit::Module& target) {
  ir::State updates;
  updates.name = "K " + matrix.name;
  updates.type = {Kind::pair, {}};
  updates.role = matrix.role;
  updates.scale = scale_of_updates(matrix.scale);
  updates.rows = matrix.rows;
  updates.columns = matrix.columns;
  updates.span = matrix.span;
  target.states.push_back(std::move(updates));
  return StateId(target.states.size() - 1);
}

/// Where two points find the noise that entries of W_0 are (entry_noise.h).
StateId add_noise(const ir::State& matrix, const char* which, limit::Module& target) {
  ir::State noise;
  noise.name = which + (" " + matrix.name);
  noise.type = {Kind::vector, {}};
  noise.init = {ir::InitKind::gaussian, 1.0};
  noise.role = ir::Role::vector;
  noise.span = matrix.span;
  target.states.push_back(std::move(noise));
  return StateId(target.states.size() - 1);
}

/// The step and the loss return the loss alone. The output keeps the name it has in the theory, f, if it has none.
void drop_output(limit::Function& function) {
  const ir::ValueId output = function.result(ir::result_name::output);
  if (output.valid() && function.at(output).name.empty()) function.body[output.index].name = "f";
  std::erase_if(function.results, [](const ir::Result& result) { return result.name == ir::result_name::output; });
}

}  // namespace

std::variant<limit::Module, LimitFailure> derive_limit(const tp::Module& module, const WidthAnalysis& analysis) {
  limit::Module target;
  target.name = module.name;
  target.width = module.width;
  target.dims = module.dims;
  std::vector<StateLimit> states;
  const std::vector<bool> entrywise = tp::entrywise_states(module);
  for (size_t i = 0; i < module.states.size(); ++i) {
    states.push_back(derive_state(StateId(i), module.states[i], analysis.states[i], entrywise[i], target));
  }
  for (size_t i = 0; i < states.size(); ++i) {
    const bool is_rescaled = states[i].keeps_initial &&
                             contributions(module.states[i], analysis.states[i]).rescaled + Exponent(Rational(-1, 2)) ==
                                 target.states[i].scale;
    if (is_rescaled) states[i].share = add_share(module.states[i], target);
    const bool by_pairs = entrywise[i] && states[i].keeps_initial && states[i].keeps_updates;
    if (by_pairs) states[i].pairs = add_updates_by_pairs(ir::State(target.states[i]), target);
  }
  const size_t first_noise = target.states.size();
  for (size_t i = 0; i < states.size(); ++i) {
    if (!entrywise[i] || !states[i].keeps_initial) continue;
    states[i].noise = add_noise(ir::State(target.states[i]), "first noise", target);
    states[i].second_noise = add_noise(ir::State(target.states[i]), "second noise", target);
  }
  for (const tp::Function& function : module.functions) {
    if (function.key == ir::FunctionRole::criterion) continue;  // its part of `loss` and `step` is there
    if (auto failure = derive_function(module, function, states, target)) return *failure;
    const bool has_loss = function.key == ir::FunctionRole::step || function.key == ir::FunctionRole::loss;
    if (has_loss) drop_output(target.functions.back());
  }
  drop_unmentioned_states(target, first_noise);
  drop_unused_states(target);
  return target;
}

}  // namespace tpc::passes
