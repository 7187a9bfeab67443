#include "passes/width/forward.h"

#include <algorithm>

#include "ir/core/fields.h"
#include "passes/width/missing_powers.h"

namespace tpc::passes::width {

using ir::Kind;
using ir::Primitive;
using ir::StateId;
using ir::ValueId;

namespace {

/// What each value is made of, and who uses it.
struct Origins {
  std::vector<bool> data;
  std::vector<bool> width_power;
  std::vector<std::vector<StateId>> states;
  std::vector<std::vector<ValueId>> users;
};

void add_once(std::vector<StateId>& states, StateId state) {
  if (std::find(states.begin(), states.end(), state) == states.end()) states.push_back(state);
}

Origins find_origins(const ir::tp::Function& function) {
  const size_t size = function.body.size();
  Origins origins{std::vector<bool>(size), std::vector<bool>(size), std::vector<std::vector<StateId>>(size),
                  std::vector<std::vector<ValueId>>(size)};
  for (size_t i = 0; i < size; ++i) {
    const auto& op = function.body[i].op;
    origins.data[i] = std::holds_alternative<ir::Input>(op);
    origins.width_power[i] = std::holds_alternative<ir::tp::WidthPower>(op);
    if (const auto* read = std::get_if<ir::Read>(&op)) origins.states[i].push_back(read->state);
    for (ValueId operand : ir::operands(op)) {
      origins.data[i] = origins.data[i] || origins.data[operand.index];
      origins.width_power[i] = origins.width_power[i] || origins.width_power[operand.index];
      for (StateId state : origins.states[operand.index]) add_once(origins.states[i], state);
      origins.users[operand.index].emplace_back(i);
    }
  }
  return origins;
}

bool is_map(const ir::tp::Function& function, ValueId id, Primitive one, Primitive other) {
  const auto* map = std::get_if<ir::Map>(&function.at(id).op);
  return map != nullptr && (map->primitive == one || map->primitive == other);
}

/// The only user of the value, if that multiplies it by a pure power of the width; else invalid.
ValueId rescaling_of(const ir::tp::Function& function, const Origins& origins, ValueId id) {
  const auto& users = origins.users[id.index];
  if (users.size() != 1 || !is_map(function, users[0], Primitive::Mul, Primitive::Div)) return {};
  const auto& arguments = std::get<ir::Map>(function.at(users[0]).op).arguments;
  ValueId factor = arguments[0] == id ? arguments[1] : arguments[0];
  bool pure = origins.width_power[factor.index] && !origins.data[factor.index] && origins.states[factor.index].empty();
  return pure ? users[0] : ValueId();
}

void append_rescalings(const ir::tp::Function& function, const Origins& origins, std::vector<ValueId>& instructions) {
  ValueId next = rescaling_of(function, origins, instructions.back());
  for (; next.valid(); next = rescaling_of(function, origins, next)) instructions.push_back(next);
}

}  // namespace

std::vector<bool> depends_on_data(const ir::tp::Function& function) { return find_origins(function).data; }

std::vector<HiddenVector> hidden_vectors(const ir::tp::Module& module, const ir::tp::Function& function) {
  auto is_activation = depends_on_data(function);
  auto missing = missing_powers(module, function, is_activation);
  std::vector<HiddenVector> hidden;
  for (size_t i = 0; i < function.body.size(); ++i) {
    if (is_activation[i] && function.body[i].type.kind == Kind::vector) hidden.push_back({ValueId(i), missing[i]});
  }
  return hidden;
}

std::vector<WeightUse> weight_uses(const ir::tp::Module& module, const ir::tp::Function& function) {
  Origins origins = find_origins(function);
  auto missing = missing_powers(module, function, origins.data);
  std::vector<WeightUse> uses;
  for (size_t i = 0; i < function.body.size(); ++i) {
    auto operands = ir::operands(function.body[i].op);
    auto is_activation = [&](ValueId id) { return origins.data[id.index]; };
    auto activation = std::find_if(operands.begin(), operands.end(), is_activation);
    if (activation == operands.end()) continue;
    std::vector<ValueId> instructions{ValueId(i)};
    if (function.body[i].type.kind == Kind::scalar) append_rescalings(function, origins, instructions);
    bool is_product = !is_map(function, ValueId(i), Primitive::Add, Primitive::Sub);
    for (ValueId weight : operands) {
      if (origins.data[weight.index] || origins.states[weight.index].empty()) continue;
      uses.push_back({instructions, weight, *activation, is_product, origins.states[weight.index], missing[i]});
    }
  }
  return uses;
}

}  // namespace tpc::passes::width
