#include "passes/kernel/frozen_network.h"

#include <algorithm>

#include "base/diag/check.h"
#include "passes/kernel/no_kernel.h"
#include "passes/width/abstract_value.h"

namespace tpc::passes::kernel {

using ir::Exponent;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// The state of that name; not valid: there is none.
StateId state_named(const tp::Module& module, const std::string& name) {
  const auto found = std::ranges::find(module.states, name, &ir::State::name);
  return found == module.states.end() ? StateId() : StateId(static_cast<size_t>(found - module.states.begin()));
}

std::string described(const tp::Module& module, const tp::Instruction& instruction) {
  const auto* read = std::get_if<ir::Read>(&instruction.op);
  if (read != nullptr) return "`" + module.state(read->state).name + "`";
  return instruction.name.empty() ? "a number" : "`" + instruction.name + "`";
}

/// The first number that moves, a state if there is one.
ValueId first_mover(const tp::Function& function, const std::vector<ValueExponents>& exponents) {
  ValueId mover;
  for (size_t i = function.body.size(); i-- > 0;) {
    const tp::Instruction& instruction = function.body[i];
    const bool is_state = std::holds_alternative<ir::Read>(instruction.op);
    const bool better = !mover.valid() || is_state || !std::holds_alternative<ir::Read>(function.at(mover).op);
    if (instruction.type.kind == ir::Kind::scalar && exponents[i].change >= Exponent(0) && better) mover = ValueId(i);
  }
  return mover;
}

}  // namespace

std::vector<Exponent> initial_exponents(const tp::Module& module, const tp::Function& function,
                                        const width::GaussianFamilies& families) {
  bool power_law = true;
  const auto values = width::evaluate(module, function, width::initial_states(module), power_law, &families);
  std::vector<Exponent> exponents;
  for (size_t i = 0; i < values.size(); ++i) {
    exponents.push_back(width::exponents(module, function.body[i].type.kind, values[i]).initial);
  }
  return exponents;
}

std::vector<Exponent> initial_exponents(const tp::Module& module, const tp::Function& function) {
  return initial_exponents(module, function, width::GaussianFamilies(module));
}

const tp::Instruction& output_of(const tp::Module& module) {
  const tp::Function& predict = *module.find(ir::FunctionRole::predict);
  return predict.at(predict.result(ir::result_name::output));
}

bool starts_as_process(const tp::Module& module, const WidthAnalysis& analysis) {
  const ValueId output = module.find(ir::FunctionRole::predict)->result(ir::result_name::output);
  return analysis.predict[output.index].initial == Exponent(0);
}

void check_process(const tp::Module& network, const std::vector<StateId>& linear) {
  tp::Module without = network;
  for (const StateId state : linear) without.states[state.index].init = {};
  const tp::Function& predict = *without.find(ir::FunctionRole::predict);
  const Exponent rest = initial_exponents(without, predict)[predict.result(ir::result_name::output).index];
  if (!linear.empty() && rest < Exponent(0)) return;
  throw NoKernel{
      "the initial function is of order one but no Gaussian process: that needs an output that is linear in its last "
      "weights (a readout `V @ z`) and nothing else of order one",
      output_of(network).span};
}

void check_loss(const tp::Module& module) {
  const tp::Function* loss = module.find(ir::FunctionRole::loss);
  if (loss == nullptr || module.find(ir::FunctionRole::criterion) != nullptr) return;
  throw NoKernel{
      "the loss depends on the weights not only through the output of the network: in the kernel regime a penalty or a "
      "second network has no kernel of its own",
      loss->at(loss->result(ir::result_name::loss)).span};
}

std::vector<ValueExponents> trained_exponents(const tp::Module& module, const tp::Module& network,
                                              tp::Function function) {
  for (tp::Instruction& instruction : function.body) {
    auto* read = std::get_if<ir::Read>(&instruction.op);
    if (read != nullptr) read->state = state_named(module, network.state(read->state).name);
  }
  function.key = ir::FunctionRole::kernel;
  tp::Module whole = module;
  whole.functions = {*module.find(ir::FunctionRole::predict), *module.find(ir::FunctionRole::step),
                     std::move(function)};
  return analyze_function(whole, ir::FunctionRole::kernel);
}

void check_at_rest(const tp::Module& module, const tp::Module& network, const tp::Function& function,
                   const std::vector<ValueId>& values, const std::string& what) {
  const std::vector<ValueExponents> exponents = trained_exponents(module, network, function);
  const bool rests = std::ranges::all_of(
      values, [&](ValueId value) { return exponents[value.index].change < exponents[value.index].initial; });
  if (rests) return;
  const ValueId mover = first_mover(function, exponents);
  if (!mover.valid()) throw NoKernel{"training moves " + what + ", not only the output", function.span};
  throw NoKernel{"training moves " + what + ", not only the output: no hidden vector moves, but " +
                     described(network, function.at(mover)) + " does, by order one",
                 function.at(mover).span};
}

tp::Function on_states_of(const tp::Module& target, const tp::Module& source, tp::Function function,
                          const std::string& what) {
  for (tp::Instruction& instruction : function.body) {
    auto* read = std::get_if<ir::Read>(&instruction.op);
    if (read == nullptr) continue;
    const ir::State& state = source.state(read->state);
    const StateId found = state_named(target, state.name);
    if (!found.valid() || target.state(found).type != state.type)
      throw NoKernel{what + " that contains `" + state.name + "`", instruction.span};
    read->state = found;
  }
  return function;
}

}  // namespace tpc::passes::kernel
