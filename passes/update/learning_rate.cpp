#include "passes/update/learning_rate.h"

#include <algorithm>
#include <numbers>

#include "ir/core/result_names.h"

namespace tpc::passes {
namespace {

using ir::Primitive;
using ir::StateId;
using ir::ValueId;
namespace limit = ir::limit;

constexpr auto scale_state = "learning rate scale";

/// The training step counts; other functions look where it is.
enum class Counting { step, look };

/// The counter of this name, added if it is not there yet.
template <class ModuleType>
StateId counter_named(ModuleType& module, const char* name, double initial) {
  const auto found = std::ranges::find(module.states, name, &ir::State::name);
  if (found == module.states.end()) return add_counter(module, name, initial);
  return StateId(static_cast<size_t>(found - module.states.begin()));
}

/// min(t / length, 1) = q - relu(q - 1) with q = t / length; counts t.
template <class ModuleType>
ValueId write_progress(ir::Builder<ModuleType>& build, int64_t length, Counting counting) {
  const StateId counter = counter_named(build.module(), "steps done", 0.0);
  const ValueId done = build.read(counter);
  const ValueId one = build.constant(1.0);
  if (counting == Counting::step) build.write(counter, build.add(done, one));
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
ValueId write_drops(ir::Builder<ModuleType>& build, const ir::Schedule& schedule, Counting counting) {
  const StateId counter = counter_named(build.module(), "steps since drop", 0.0);
  const StateId rate = counter_named(build.module(), "learning rate", schedule.first);
  build.name_next("η");
  const ValueId eta = build.read(rate);
  if (counting == Counting::look) return eta;
  const ValueId one = build.constant(1.0);
  const ValueId next = build.add(build.read(counter), one);
  const ValueId room = build.sub(build.constant(static_cast<double>(schedule.every) - 0.5), next);
  const ValueId stays = build.map(Primitive::Step, {room});
  build.write(counter, build.mul(next, stays));
  const ValueId drop = build.mul(build.constant(schedule.factor), build.sub(one, stays));
  build.write(rate, build.mul(eta, build.add(stays, drop)));
  return eta;
}

/// Invalid: constant.
template <class ModuleType>
ValueId write_schedule(ir::Builder<ModuleType>& builder, const ir::Schedule& schedule, Counting counting) {
  switch (schedule.kind) {
    case ir::ScheduleKind::constant: return {};
    case ir::ScheduleKind::linear:
      return interpolate(builder, schedule.first, schedule.last, write_progress(builder, schedule.length, counting));
    case ir::ScheduleKind::cosine: {
      const ValueId progress = write_progress(builder, schedule.length, counting);
      const ValueId angle = builder.mul(builder.constant(std::numbers::pi), progress);
      const ValueId height = builder.add(builder.constant(1.0), builder.map(Primitive::Cos, {angle}));
      return interpolate(builder, schedule.last, schedule.first, builder.mul(builder.constant(0.5), height));
    }
    case ir::ScheduleKind::steps: return write_drops(builder, schedule, counting);
  }
  TPC_CHECK(false, "no such schedule");
}

/// A constant as a value too.
template <class ModuleType>
ValueId schedule_value(ir::Builder<ModuleType>& builder, const ir::Schedule& schedule, Counting counting) {
  const ValueId scheduled = write_schedule(builder, schedule, counting);
  return scheduled.valid() ? scheduled : builder.constant(schedule.first);
}

template <class ModuleType>
ValueId read_scale(ir::Builder<ModuleType>& builder) {
  return builder.read(counter_named(builder.module(), scale_state, 1.0));
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

template <class ModuleType>
ValueId write_learning_rate(ir::Builder<ModuleType>& builder, const ir::DescentSettings& settings) {
  if (!settings.rate_is_settable) return write_schedule(builder, settings.learning_rate, Counting::step);
  const ValueId scheduled = schedule_value(builder, settings.learning_rate, Counting::step);
  return builder.mul(scheduled, read_scale(builder));
}

void add_rate_functions(limit::Module& module, const ir::DescentSettings& settings) {
  if (module.find(ir::FunctionRole::step) == nullptr) return;
  limit::Function rate{ir::FunctionRole::rate, {}, {}};
  limit::Builder reader(module, rate);
  const ValueId scheduled = schedule_value(reader, settings.learning_rate, Counting::look);
  rate.results = {{ir::result_name::rate, reader.mul(scheduled, read_scale(reader))}};

  limit::Function set_rate{ir::FunctionRole::set_rate, {}, {}};
  limit::Builder setter(module, set_rate);
  const ValueId wanted = setter.input(ir::set_rate_field, {});
  const ValueId scale = setter.div(wanted, schedule_value(setter, settings.learning_rate, Counting::look));
  setter.write(counter_named(module, scale_state, 1.0), scale);
  set_rate.results = {{"scale", scale}};

  module.functions.push_back(std::move(rate));
  module.functions.push_back(std::move(set_rate));
}

#define TPC_INSTANTIATE(ModuleType)                               \
  template StateId add_counter(ModuleType&, const char*, double); \
  template ValueId write_learning_rate(ir::Builder<ModuleType>&, const ir::DescentSettings&);
TPC_INSTANTIATE(ir::tp::Module)
TPC_INSTANTIATE(ir::limit::Module)
#undef TPC_INSTANTIATE

}  // namespace tpc::passes
