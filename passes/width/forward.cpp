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
  std::vector<bool> rows;  ///< picked_rows
  std::vector<std::vector<StateId>> states;
};

void add_once(std::vector<StateId>& states, StateId state) {
  if (std::find(states.begin(), states.end(), state) == states.end()) states.push_back(state);
}

bool is_sum(const ir::tp::Op& op) {
  const auto* map = std::get_if<ir::Map>(&op);
  return map != nullptr && (map->primitive == Primitive::Add || map->primitive == Primitive::Sub);
}

/// Whether the value is made of rows that the data pick and of nothing else of the data.
bool makes_rows(const ir::tp::Function& function, const Origins& origins, const ir::tp::Op& op) {
  const auto* gather = std::get_if<ir::Gather>(&op);
  if (gather != nullptr) return !origins.data[gather->table.index] || origins.rows[gather->table.index];
  const auto operands = ir::operands(op);
  const bool vector = std::ranges::any_of(operands, [&](ValueId id) { return origins.rows[id.index]; }) &&
                      std::ranges::all_of(operands, [&](ValueId id) {
                        const bool number = function.type(id).kind == Kind::scalar && origins.states[id.index].empty();
                        return origins.rows[id.index] || (number && !origins.data[id.index]);
                      });
  const auto* map = std::get_if<ir::Map>(&op);
  const bool multiple = map != nullptr && (map->primitive == Primitive::Mul || map->primitive == Primitive::Neg) &&
                        std::ranges::count_if(operands, [&](ValueId id) { return origins.rows[id.index]; }) == 1;
  const auto* sum = std::get_if<ir::Contract>(&op);
  const bool linear =
      is_sum(op) || multiple || (sum != nullptr && !sum->rhs.valid()) || std::holds_alternative<ir::Relabel>(op);
  return vector && linear;
}

Origins find_origins(const ir::tp::Function& function) {
  const size_t size = function.body.size();
  Origins origins{std::vector<bool>(size), std::vector<bool>(size), std::vector<std::vector<StateId>>(size)};
  for (size_t i = 0; i < size; ++i) {
    const auto& op = function.body[i].op;
    origins.data[i] = std::holds_alternative<ir::Input>(op);
    if (const auto* read = std::get_if<ir::Read>(&op)) origins.states[i].push_back(read->state);
    for (ValueId operand : ir::operands(op)) {
      origins.data[i] = origins.data[i] || origins.data[operand.index];
      for (StateId state : origins.states[operand.index]) add_once(origins.states[i], state);
    }
    origins.rows[i] = makes_rows(function, origins, op);
  }
  return origins;
}

}  // namespace

std::vector<bool> depends_on_data(const ir::tp::Function& function) { return find_origins(function).data; }

std::vector<bool> picked_rows(const ir::tp::Function& function) { return find_origins(function).rows; }

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
    const auto operands = ir::operands(op);
    if (origins.rows[i]) continue;  // they are used further on
    for (ValueId weight : operands) {
      const bool is_weight = !origins.data[weight.index] || origins.rows[weight.index];
      if (!is_weight || origins.states[weight.index].empty()) continue;
      const auto activation =
          std::ranges::find_if(operands, [&](ValueId id) { return id != weight && origins.data[id.index]; });
      if (activation == operands.end() && !origins.rows[weight.index]) continue;
      const ValueId met = activation == operands.end() ? weight : *activation;  // phi of a row is what comes of it
      uses.push_back({ValueId(i), weight, met, !is_sum(op), origins.states[weight.index]});
    }
  }
  return uses;
}

ir::Exponent user_exponent(const ir::tp::Function& function, ValueId id, const ir::Exponent& exponent) {
  return exponent + function.at(id).scale;
}

}  // namespace tpc::passes::width
