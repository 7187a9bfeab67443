#include "passes/kernel/function_space.h"

#include <algorithm>
#include <optional>

#include "passes/kernel/moved_weights.h"
#include "passes/kernel/no_kernel.h"
#include "passes/kernel/space_fields.h"
#include "passes/simplify/storage_order.h"

namespace tpc::passes {

namespace kernel {
namespace {

namespace tp = ir::tp;
using ir::DimId;
using ir::StateId;
using ir::ValueId;

/// A step on a loss: every state by its own rate, without the factors of the parametrization.
struct Step {
  ValueId loss;  ///< in the old function
  bool stopped = false;
  std::map<StateId, double> rates;
  friend auto operator<=>(const Step&, const Step&) = default;
};
/// The steps that led to the weights of a call, in their order.
using Version = std::vector<Step>;

/// A call with its weights.
struct Call {
  Version version;
  size_t group = 0;
  std::vector<StateId> states;  ///< that it reads and that learn
};

/// Translates one function: calls become values of f, steps on weights become steps on values.
class Translation {
 public:
  Translation(const tp::Module& source, const tp::Function& old, const std::vector<tp::Call>& calls,
              const std::vector<NetworkField>& fields, SpaceFields& space, tp::Module& target)
      : source_(source),
        old_(old),
        fields_(fields),
        space_(space),
        weights_(moved_weights(old)),
        made_{old.key, {}, old.results, old.span},
        builder_(target, made_),
        needed_(old.body.size(), false),
        images_(old.body.size()) {
    for (const tp::Call& call : calls) calls_.emplace(call.result, Call{});
    for (const tp::Call& call : calls) calls_[call.result] = examine(call);
  }

  tp::Function run() {
    mark_needed();
    for (size_t i = 0; i < old_.body.size(); ++i) {
      if (needed_[i]) images_[i] = image(ValueId(i));
    }
    for (ir::Result& result : made_.results) {
      result.value = in_order(builder_, images_[result.value.index], old_.type(result.value).dims);
    }
    return std::move(made_);
  }

 private:
  // ---- what the calls are ----

  Call examine(const tp::Call& call) {
    Call found;
    DimId rows;
    std::vector<PointGroup::Field> fields;
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      if (call.arguments[i].valid()) fields.push_back(field_of(call.arguments[i], fields_.at(i), rows));
    }
    const std::vector<DimId> outputs = ir::without_dims(old_.type(call.result).dims, {space_.batch(), rows});
    if (outputs.size() > 1) {
      throw NoKernel{"the network's output has more than one axis besides the rows", old_.at(call.result).span};
    }
    found.group = space_.group(std::move(fields), rows, outputs.empty() ? DimId() : outputs.front());
    for (const auto& [state, weight] : weights_of(call)) {
      if (source_.state(state).learning_rate_factor != 0.0) found.states.push_back(state);
      for (const WeightMove& move : weight.moves) add_move(found.version, state, move);
    }
    std::ranges::sort(found.version, {}, &Step::loss);
    return found;
  }

  PointGroup::Field field_of(ValueId argument, const NetworkField& field, DimId& rows) const {
    const tp::Instruction& instruction = old_.at(argument);
    const auto* input = std::get_if<ir::Input>(&instruction.op);
    const std::vector<DimId>& dims = instruction.type.dims;
    const bool by_row = dims.size() == field.dims + 2;
    if (input == nullptr || !(by_row || dims.size() == field.dims + 1) || dims.front() != space_.batch()) {
      throw NoKernel{"within tasks, the network is not called on the data's own field `" + field.name +
                         "` but on something computed: compute it inside of the network",
                     instruction.span};
    }
    if (by_row) rows = dims[1];
    return {field.name, input->field, by_row};
  }

  /// The weights that the call is computed from, and from nothing else but its arguments.
  std::map<StateId, MovedWeight> weights_of(const tp::Call& call) {
    std::map<StateId, MovedWeight> weights;
    std::map<StateId, ValueId> places;
    std::vector<bool> visited(call.result.index + size_t{1}, false);
    visited[call.result.index] = true;
    for (size_t i = call.result.index + size_t{1}; i-- > 0;) {
      if (!visited[i] || std::ranges::find(call.arguments, ValueId(i)) != call.arguments.end()) continue;
      const auto& weight = weights_[i];
      if (!weight) {
        check_inside(ValueId(i));
        ir::for_each_operand(old_.body[i].op, [&](ValueId operand) { visited[operand.index] = true; });
        continue;
      }
      const auto [place, added] = places.emplace(weight->state, ValueId(i));
      if (!added && !(weight->moves.empty() && weights[weight->state].moves.empty())) {
        throw NoKernel{"a call of the network uses `" + source_.state(weight->state).name + "` before and after a step",
                       old_.at(call.result).span};
      }
      weights[weight->state] = *weight;
    }
    return weights;
  }

  void check_inside(ValueId id) const {
    const tp::Instruction& instruction = old_.at(id);
    if (!std::holds_alternative<tp::Gradient>(instruction.op)) return;
    throw NoKernel{"the network is computed from a gradient in another way than by steps on its weights",
                   instruction.span};
  }

  /// Of the move rate n^exponent dloss/dw the kernel has the factor n^{-c} of w.
  void add_move(Version& version, StateId id, const WeightMove& move) const {
    const ir::State& state = source_.state(id);
    if (move.exponent != -state.c || state.learning_rate_factor == 0.0) {
      throw NoKernel{"a step within a task moves `" + state.name + "` by another power of the width than training",
                     old_.at(move.loss).span};
    }
    const auto known = std::ranges::find_if(version, [&](const Step& step) {
      return step.loss == move.loss && step.stopped == move.stopped && !step.rates.contains(id);
    });
    Step& step = known != version.end() ? *known : version.emplace_back(Step{move.loss, move.stopped, {}});
    step.rates[id] = -move.rate / state.learning_rate_factor;
  }

  // ---- which values are needed ----

  void mark_needed() {
    for (const ir::Result& result : old_.results) needed_[result.value.index] = true;
    for (size_t i = old_.body.size(); i-- > 0;) {
      if (!needed_[i]) continue;
      if (const auto call = calls_.find(ValueId(i)); call != calls_.end()) {
        for (const Step& step : call->second.version) needed_[step.loss.index] = true;
        continue;
      }
      check_free(old_.body[i]);
      ir::for_each_operand(old_.body[i].op, [&](ValueId operand) { needed_[operand.index] = true; });
    }
  }

  void check_free(const tp::Instruction& instruction) const {
    const auto* read = std::get_if<ir::Read>(&instruction.op);
    if (read == nullptr) return;
    throw NoKernel{"`" + source_.state(read->state).name +
                       "` is used outside of the one function of single rows whose values training moves",
                   instruction.span};
  }

  // ---- the new function ----

  ValueId image(ValueId id) {
    const tp::Instruction& instruction = old_.at(id);
    builder_.at(instruction.span);
    if (const auto call = calls_.find(id); call != calls_.end()) {
      const ValueId value = value_of(call->second, call->second.version.size());
      std::string& name = made_.body[value.index].name;
      if (name.empty()) name = instruction.name;
      return value;
    }
    tp::Op op = instruction.op;
    ir::for_each_operand(op, [&](ValueId& operand) { operand = images_[operand.index]; });
    builder_.name_next(instruction.name);
    const auto* input = std::get_if<ir::Input>(&op);
    const ValueId made = input != nullptr ? builder_.input(*input, instruction.type.dims) : builder_.insert(op);
    made_.body[made.index].scale = instruction.scale;
    return made;
  }

  /// f at the call's points after the first `steps` of its steps: f - sum of rates K dloss/df.
  ValueId value_of(const Call& call, size_t steps) {  // NOLINT(misc-no-recursion)
    const Version version(call.version.begin(), call.version.begin() + static_cast<std::ptrdiff_t>(steps));
    ValueId& known = values_[{version, call.group}];
    if (known.valid()) return known;
    if (steps == 0) return known = space_.values(builder_, call.group);
    const ValueId before = value_of(call, steps - 1);
    return values_[{version, call.group}] = stepped(call, version, before);
  }

  ValueId stepped(const Call& call, const Version& version, ValueId value) {
    const Step& step = version.back();
    std::map<double, std::vector<std::string>> by_rate;
    for (const auto& [state, rate] : step.rates) by_rate[rate].push_back(source_.state(state).name);
    const bool all = by_rate.size() == 1 && step.rates.size() == call.states.size();
    for (const auto& [group, gradient] : gradients(version)) {
      for (const auto& [rate, states] : by_rate) {
        const size_t kernel = all ? 0 : space_.kernel_of(states);
        const ValueId direction = space_.apply_kernel(builder_, kernel, call.group, group, gradient);
        value = builder_.sub(value, builder_.mul(builder_.constant(rate), direction));
      }
    }
    return value;
  }

  /// By group: the derivative of the last step's loss by f at its points, at the weights before the step.
  const std::map<size_t, ValueId>& gradients(const Version& version) {
    const auto [place, added] = gradients_.try_emplace(version);
    if (!added) return place->second;
    const Step& step = version.back();
    const ValueId loss = images_[step.loss.index];
    const Version before(version.begin(), version.end() - 1);
    const std::vector<bool> made_from = ancestors(loss);
    std::map<size_t, ValueId> points;
    for (const auto& [key, value] : values_) {
      if (key.first == before && value.valid() && value.index <= loss.index && made_from[value.index]) {
        points[key.second] = value;
      }
    }
    if (points.empty()) {
      throw NoKernel{"a step within a task goes along the gradient of a loss that is not one of the weights it moves",
                     old_.at(step.loss).span};
    }
    for (const auto& [group, value] : points) {
      ValueId gradient = builder_.insert(tp::Gradient{loss, value});
      if (step.stopped) gradient = builder_.insert(tp::StopGradient{gradient});
      place->second[group] = gradient;
    }
    return place->second;
  }

  [[nodiscard]] std::vector<bool> ancestors(ValueId of) const {
    std::vector<bool> found(of.index + size_t{1}, false);
    found[of.index] = true;
    for (size_t i = found.size(); i-- > 0;) {
      if (!found[i]) continue;
      ir::for_each_operand(made_.body[i].op, [&](const ValueId& operand) { found[operand.index] = true; });
    }
    return found;
  }

  const tp::Module& source_;
  const tp::Function& old_;
  const std::vector<NetworkField>& fields_;
  SpaceFields& space_;
  std::vector<std::optional<MovedWeight>> weights_;
  tp::Function made_;
  tp::Builder builder_;
  std::map<ValueId, Call> calls_;  ///< by result
  std::vector<bool> needed_;
  std::vector<ValueId> images_;
  std::map<std::pair<Version, size_t>, ValueId> values_;  ///< by steps and group
  std::map<Version, std::map<size_t, ValueId>> gradients_;
};

/// Of the functions that speak of data: a criterion is one of an output, a Gram matrix one of features.
bool is_translated(const tp::Function& function, const tp::CallsByFunction& calls) {
  return function.key != ir::FunctionRole::criterion && calls.contains(function.key);
}

void check_observations(const tp::Module& module, const tp::CallsByFunction& calls) {
  for (const tp::Function& function : module.functions) {
    if (function.key.role != ir::FunctionRole::observe || calls.contains(function.key)) continue;
    throw NoKernel{"an observation of features beside a training that adapts to tasks, in the kernel regime",
                   function.at(function.results.front().value).span};
  }
}

}  // namespace
}  // namespace kernel

std::variant<FunctionSpaceProgram, LimitFailure> in_function_space(const ir::tp::Module& module,
                                                                   const ir::tp::CallsByFunction& calls,
                                                                   const std::vector<NetworkField>& fields) {
  FunctionSpaceProgram result;
  result.functions.name = module.name;
  result.functions.width = module.width;
  result.functions.dims = module.dims;
  kernel::SpaceFields space(result.functions, result.space);
  try {
    kernel::check_observations(module, calls);
    for (const ir::tp::Function& function : module.functions) {
      if (!kernel::is_translated(function, calls)) continue;
      kernel::Translation translation(module, function, calls.at(function.key), fields, space, result.functions);
      result.functions.functions.push_back(translation.run());
    }
  } catch (const kernel::NoKernel& failure) {
    return LimitFailure{failure.message, failure.span};
  }
  return result;
}

}  // namespace tpc::passes
