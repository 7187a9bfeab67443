#include "passes/update/entrywise_rule.h"

#include <algorithm>
#include <utility>

#include "passes/update/learning_rate.h"
#include "passes/update/sgd_rule.h"

namespace tpc::passes {

ir::Rational scaled_decay_exponent(const ir::State& weight) {
  const bool starts_at_zero = weight.init.kind == ir::InitKind::zero || weight.init.value == 0.0;
  const ir::Rational size = starts_at_zero ? weight.c : std::min(weight.b, weight.c);
  return weight.d.value_or(0) - size;
}

using ir::EntrywiseRule;
using ir::Primitive;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

EntrywiseUpdates::EntrywiseUpdates(tp::Builder& builder, const ir::EntrywiseSettings& settings, ValueId learning_rate)
    : build_(builder), settings_(settings), learning_rate_(learning_rate) {}

ValueId EntrywiseUpdates::write(StateId state, ValueId gradient, ValueId width_factor) {
  const ValueId old = build_.read(state);
  ValueId g = gradient;
  if (settings_.coupled_decay != 0.0) g = build_.add(g, build_.mul(decay_rate(state), old));
  const ir::Rational d = build_.module().state(state).d.value_or(0);
  if (!d.is_zero()) g = build_.mul(build_.insert(tp::WidthPower{d}), g);
  const ValueId change =
      build_.mul(update_rate(build_, settings_, learning_rate_, state, width_factor), direction(state, g));
  ValueId kept = old;
  if (settings_.decoupled_decay != 0.0) {
    const ValueId rate = update_rate(build_, settings_, learning_rate_, state, {});
    const ValueId shrinkage = build_.mul(build_.constant(settings_.decoupled_decay), rate);
    kept = build_.mul(build_.sub(build_.constant(1.0), shrinkage), old);
  }
  build_.write(state, build_.sub(kept, change));
  return g;
}

/// Of decay that is a part of the gradient: lambda n^{-l}.
ValueId EntrywiseUpdates::decay_rate(StateId weight) {
  const ValueId rate = build_.constant(settings_.coupled_decay);
  const ir::Rational l = settings_.scaled_decay ? scaled_decay_exponent(build_.module().state(weight)) : ir::Rational();
  return l.is_zero() ? rate : build_.mul(build_.insert(tp::WidthPower{-l}), rate);
}

ValueId EntrywiseUpdates::direction(StateId weight, ValueId g) {
  switch (settings_.rule) {
    case EntrywiseRule::adam:
    case EntrywiseRule::adamw: return adam(weight, g);
    case EntrywiseRule::signsgd:
      if (settings_.momentum != 0.0) g = accumulate("momentum", weight, settings_.momentum, 1.0, g);
      return build_.map(Primitive::Sign, {g});
    case EntrywiseRule::rmsprop:
    case EntrywiseRule::adagrad: return normalised(weight, g);
    case EntrywiseRule::lion: return lion(weight, g);
  }
  TPC_CHECK(false, "no such rule");
}

ValueId EntrywiseUpdates::adam(StateId weight, ValueId g) {
  const ValueId m = accumulate("first moment", weight, settings_.beta1, 1.0 - settings_.beta1, g);
  const ValueId v = accumulate("second moment", weight, settings_.beta2, 1.0 - settings_.beta2, build_.mul(g, g));
  return over_root(corrected("β₁ power", settings_.beta1, m, first_correction_),
                   corrected("β₂ power", settings_.beta2, v, second_correction_));
}

ValueId EntrywiseUpdates::normalised(StateId weight, ValueId g) {
  const bool decays = settings_.rule == EntrywiseRule::rmsprop;
  const double keep = decays ? settings_.beta2 : 1.0;
  const ValueId v = accumulate("second moment", weight, keep, decays ? 1.0 - keep : 1.0, build_.mul(g, g));
  const ValueId q = over_root(g, v);
  return settings_.momentum == 0.0 ? q : accumulate("momentum", weight, settings_.momentum, 1.0, q);
}

ValueId EntrywiseUpdates::lion(StateId weight, ValueId g) {
  accumulate("momentum", weight, settings_.beta2, 1.0 - settings_.beta2, g);
  const StateId momentum(build_.module().states.size() - 1);  // of which the sign takes the old value
  const ValueId mixed = build_.add(build_.mul(build_.constant(settings_.beta1), build_.read(momentum)),
                                   build_.mul(build_.constant(1.0 - settings_.beta1), g));
  return build_.map(Primitive::Sign, {mixed});
}

ValueId EntrywiseUpdates::accumulate(const char* what, StateId weight, double keep, double taken, ValueId value) {
  ir::State state = build_.module().state(weight);
  state.name = std::string(what) + " " + state.name;
  state.init = {};
  state.d.reset();
  build_.module().states.push_back(std::move(state));
  const StateId made(build_.module().states.size() - 1);
  const auto times = [&](double factor, ValueId of) {
    return factor == 1.0 ? of : build_.mul(build_.constant(factor), of);
  };
  const ValueId kept = times(keep, build_.read(made)), added = times(taken, value);
  build_.name_next("next " + build_.module().state(made).name);
  const ValueId next = build_.add(kept, added);
  build_.write(made, next);
  return next;
}

ValueId EntrywiseUpdates::over_root(ValueId numerator, ValueId squares) {
  const ValueId root = build_.map(Primitive::Sqrt, {squares});
  return build_.div(numerator, settings_.eps == 0.0 ? root : build_.add(root, build_.constant(settings_.eps)));
}

/// average / (1 - beta^{t+1}).
ValueId EntrywiseUpdates::corrected(const char* name, double beta, ValueId average, ValueId& correction) {
  if (beta == 0.0) return average;
  if (!correction.valid()) {
    const StateId counter = add_counter(build_.module(), name, beta);
    const ValueId power = build_.read(counter);
    build_.write(counter, build_.mul(build_.constant(beta), power));
    correction = build_.sub(build_.constant(1.0), power);
  }
  return build_.div(average, correction);
}

}  // namespace tpc::passes
