#include "passes/update/sgd_rule.h"

namespace tpc::passes {

using ir::StateId;
using ir::ValueId;

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
  template ValueId update_rate(ir::Builder<ModuleType>&, const ir::DescentSettings&, ValueId, StateId, ValueId); \
  template StateId add_momentum(ModuleType&, StateId);                                                           \
  template void write_sgd_update(ir::Builder<ModuleType>&, const ir::SgdSettings&, ValueId, StateId, ValueId, ValueId);
TPC_INSTANTIATE(ir::tp::Module)
TPC_INSTANTIATE(ir::limit::Module)
#undef TPC_INSTANTIATE

}  // namespace tpc::passes
