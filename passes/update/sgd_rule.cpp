#include "passes/update/sgd_rule.h"

#include <numbers>

namespace tpc::passes {
namespace {

using ir::Primitive;
using ir::StateId;
using ir::ValueId;

/// min(t / length, 1) = q - relu(q - 1) with q = t / length; counts t.
template <class ModuleType>
ValueId write_progress(ir::Builder<ModuleType>& build, int64_t length) {
  const StateId counter = add_counter(build.module(), "steps done", 0.0);
  const ValueId done = build.read(counter);
  const ValueId one = build.constant(1.0);
  build.write(counter, build.add(done, one));
  const ValueId part = build.div(done, build.constant(static_cast<double>(length)));
  build.name_next("progress");
  return build.sub(part, build.map(Primitive::Relu, {build.sub(part, one)}));
}

/// first + (last - first) s.
template <class ModuleType>
ValueId interpolate(ir::Builder<ModuleType>& build, double first, double last, ValueId share) {
  const ValueId change = build.mul(build.constant(last - first), share);
  build.name_next("η");
  return build.add(build.constant(first), change);
}

/// Counts the steps since the last drop up to `every`, in exact integers, and multiplies eta by `factor` when it wraps:
/// powers and quotients of a growing counter would round at the very steps that matter.
template <class ModuleType>
ValueId write_drops(ir::Builder<ModuleType>& build, const ir::Schedule& schedule) {
  const StateId counter = add_counter(build.module(), "steps since drop", 0.0);
  const StateId rate = add_counter(build.module(), "learning rate", schedule.first);
  build.name_next("η");
  const ValueId eta = build.read(rate);
  const ValueId one = build.constant(1.0);
  const ValueId next = build.add(build.read(counter), one);
  const ValueId room = build.sub(build.constant(static_cast<double>(schedule.every) - 0.5), next);
  const ValueId stays = build.map(Primitive::Step, {room});
  build.write(counter, build.mul(next, stays));
  const ValueId drop = build.mul(build.constant(schedule.factor), build.sub(one, stays));
  build.write(rate, build.mul(eta, build.add(stays, drop)));
  return eta;
}

}  // namespace

template <class ModuleType>
StateId add_counter(ModuleType& module, const char* name, double initial) {
  ir::State state;
  state.name = name;
  state.type = {ir::Kind::scalar, {}};
  state.init = initial == 0.0 ? ir::Init{} : ir::Init{ir::InitKind::constant, initial};
  state.role = ir::Role::finite;
  module.states.push_back(std::move(state));
  return StateId(module.states.size() - 1);
}

std::string momentum_name(const std::string& name) { return "momentum " + name; }

template <class ModuleType>
StateId add_momentum(ModuleType& module, StateId of) {
  ir::State momentum = module.state(of);
  momentum.name = momentum_name(momentum.name);
  momentum.init = {};
  module.states.push_back(std::move(momentum));
  return StateId(module.states.size() - 1);
}

template <class ModuleType>
ValueId write_learning_rate(ir::Builder<ModuleType>& builder, const ir::Schedule& schedule) {
  switch (schedule.kind) {
    case ir::ScheduleKind::constant: return {};
    case ir::ScheduleKind::linear:
      return interpolate(builder, schedule.first, schedule.last, write_progress(builder, schedule.length));
    case ir::ScheduleKind::cosine: {
      const ValueId angle = builder.mul(builder.constant(std::numbers::pi), write_progress(builder, schedule.length));
      const ValueId height = builder.add(builder.constant(1.0), builder.map(Primitive::Cos, {angle}));
      return interpolate(builder, schedule.last, schedule.first, builder.mul(builder.constant(0.5), height));
    }
    case ir::ScheduleKind::steps: return write_drops(builder, schedule);
  }
  TPC_CHECK(false, "no such schedule");
}

template <class ModuleType>
ValueId update_rate(ir::Builder<ModuleType>& builder, const ir::DescentSettings& settings, ValueId learning_rate,
                    StateId state, ValueId width_factor) {
  const double factor = builder.module().state(state).learning_rate_factor;
  ValueId rate = learning_rate;
  if (!rate.valid()) {
    rate = builder.constant(settings.learning_rate.first * factor);
  } else if (factor != 1.0) {
    rate = builder.mul(builder.constant(factor), rate);
  }
  return width_factor.valid() ? builder.mul(rate, width_factor) : rate;
}

template <class ModuleType>
void write_sgd_update(ir::Builder<ModuleType>& builder, const ir::SgdSettings& settings, ValueId learning_rate,
                      StateId state, ValueId gradient, ValueId width_factor) {
  const ValueId rate = update_rate(builder, settings, learning_rate, state, width_factor);
  const ValueId old = builder.read(state);
  ValueId direction = gradient;
  if (settings.weight_decay != 0.0) {
    direction = builder.add(direction, builder.mul(builder.constant(settings.weight_decay), old));
  }
  if (settings.momentum != 0.0) {
    const StateId momentum = add_momentum(builder.module(), state);
    const ValueId carried = builder.mul(builder.constant(settings.momentum), builder.read(momentum));
    builder.name_next("next " + builder.module().state(momentum).name);
    direction = builder.add(carried, direction);
    builder.write(momentum, direction);
  }
  builder.write(state, builder.sub(old, builder.mul(rate, direction)));
}

#define TPC_INSTANTIATE(ModuleType)                                                                              \
  template ValueId write_learning_rate(ir::Builder<ModuleType>&, const ir::Schedule&);                           \
  template ValueId update_rate(ir::Builder<ModuleType>&, const ir::DescentSettings&, ValueId, StateId, ValueId); \
  template StateId add_counter(ModuleType&, const char*, double);                                                \
  template StateId add_momentum(ModuleType&, StateId);                                                           \
  template void write_sgd_update(ir::Builder<ModuleType>&, const ir::SgdSettings&, ValueId, StateId, ValueId, ValueId);
TPC_INSTANTIATE(ir::tp::Module)
TPC_INSTANTIATE(ir::limit::Module)
#undef TPC_INSTANTIATE

}  // namespace tpc::passes
