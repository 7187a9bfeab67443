#include "passes/width/forward.h"

#include <algorithm>

#include "ir/core/fields.h"

namespace tpc::passes::width {

using ir::Kind;
using ir::Primitive;
using ir::StateId;
using ir::ValueId;

namespace {

/// What each value is made of.
struct Origins {
  std::vector<bool> data;
  std::vector<std::vector<StateId>> states;
};

void add_once(std::vector<StateId>& states, StateId state) {
  if (std::find(states.begin(), states.end(), state) == states.end()) states.push_back(state);
}

Origins find_origins(const ir::tp::Function& function) {
  const size_t size = function.body.size();
  Origins origins{std::vector<bool>(size), std::vector<std::vector<StateId>>(size)};
  for (size_t i = 0; i < size; ++i) {
    const auto& op = function.body[i].op;
    origins.data[i] = std::holds_alternative<ir::Input>(op);
    if (const auto* read = std::get_if<ir::Read>(&op)) origins.states[i].push_back(read->state);
    for (ValueId operand : ir::operands(op)) {
      origins.data[i] = origins.data[i] || origins.data[operand.index];
      for (StateId state : origins.states[operand.index]) add_once(origins.states[i], state);
    }
  }
  return origins;
}

bool is_sum(const ir::tp::Op& op) {
  const auto* map = std::get_if<ir::Map>(&op);
  return map != nullptr && (map->primitive == Primitive::Add || map->primitive == Primitive::Sub);
}

}  // namespace

std::vector<bool> depends_on_data(const ir::tp::Function& function) { return find_origins(function).data; }

std::vector<ValueId> hidden_vectors(const ir::tp::Function& function) {
  const std::vector<bool> is_activation = depends_on_data(function);
  std::vector<ValueId> hidden;
  for (size_t i = 0; i < function.body.size(); ++i) {
    if (is_activation[i] && function.body[i].type.kind == Kind::vector) hidden.emplace_back(i);
  }
  return hidden;
}

std::vector<WeightUse> weight_uses(const ir::tp::Function& function) {
  const Origins origins = find_origins(function);
  std::vector<WeightUse> uses;
  for (size_t i = 0; i < function.body.size(); ++i) {
    const auto& op = function.body[i].op;
    auto operands = ir::operands(op);
    auto is_activation = [&](ValueId id) { return origins.data[id.index]; };
    auto activation = std::find_if(operands.begin(), operands.end(), is_activation);
    if (activation == operands.end()) continue;
    for (ValueId weight : operands) {
      if (origins.data[weight.index] || origins.states[weight.index].empty()) continue;
      uses.push_back({ValueId(i), weight, *activation, !is_sum(op), origins.states[weight.index]});
    }
  }
  return uses;
}

ir::Exponent user_exponent(const ir::tp::Function& function, ValueId id, const ir::Exponent& exponent) {
  return exponent + function.at(id).scale;
}

}  // namespace tpc::passes::width
