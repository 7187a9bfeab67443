#include "evaluation/interpreter/plan.h"

#include <algorithm>
#include <cmath>

namespace tpc::evaluation::interpreter {
namespace {

/// What holds on to the memory of matrices only where there are any.
bool has_matrices(const Module& module) {
  return std::ranges::any_of(module.states, [](const State& state) { return state.type.kind == Kind::matrix; });
}

}  // namespace

Plan::Plan(const Module& module, const Function& function, Index width, Sizes sizes, MapFusion fusion)
    : module_(module),
      function_(function),
      sizes_(std::move(sizes)),
      places_(module, function, width, sizes_, fusion),
      operations_(prepare_operations({module, function, width, sizes_, places_})) {
  for (const Index size : places_.written_sizes) written_.emplace_back(size);
  for (size_t i = 0; i < function.body.size(); ++i) {
    const auto* op = std::get_if<AddRows>(&function.body[i].op);
    if (op == nullptr) continue;
    const Shape& value = places_.shape(op->value);
    additions_.push_back(
        {ValueId(i), places_.numbers(op->value, sizes_),
         AddedRows(value, places_.shape(op->index), op->dim, {module.state(op->state).type.dims, value.rows}, sizes_)});
  }
}

Memory Plan::memory_for(const Batch& batch, States& states, Workspace& workspace) {
  const size_t count = function_.body.size();
  Memory memory{batch, states, workspace, std::vector<const double*>(count), std::vector<double*>(count), {}};
  memory.matrices.resize(has_matrices(module_) ? count : 0);
  if (workspace.slots.size() < places_.slot_sizes.size()) workspace.slots.resize(places_.slot_sizes.size());
  for (size_t i = 0; i < count; ++i) {
    if (places_.written[i]) {
      memory.targets[i] = written_[*places_.written[i]].data();
    } else if (const auto slot = places_.slots[i]) {
      memory.targets[i] = workspace.slots[*slot].of_size(places_.slot_sizes[*slot]);
    }
  }
  return memory;
}

std::map<std::string, std::vector<double>> Plan::run(const Batch& batch, States& states, Workspace& workspace) {
  Memory memory = memory_for(batch, states, workspace);
  for (const Operation& operation : operations_) operation.run(memory);
  std::map<std::string, std::vector<double>> results;
  for (const Result& result : function_.results) results[result.name] = numbers(result.value, memory);
  commit(memory);
  return results;
}

std::optional<NotFinite> Plan::first_not_finite(const Batch& batch, States& states, Workspace& workspace) {
  Memory memory = memory_for(batch, states, workspace);
  for (const Operation& operation : operations_) {
    operation.run(memory);
    const double* made = memory.at(operation.value);
    if (made == nullptr) continue;
    const Eigen::Map<const Eigen::VectorXd> values(made, places_.numbers(operation.value, sizes_));
    if (!values.allFinite()) return describe_not_finite(operation.value, memory);
  }
  return {};
}

NotFinite Plan::describe_not_finite(ValueId value, const Memory& memory) const {
  const Shape& shape = places_.shape(value);
  const double* made = memory.at(value);
  Index place = 0;
  while (std::isfinite(made[place])) ++place;
  const Index column = place / shape.rows, row = place % shape.rows;
  NotFinite found{value, {}, made[place], {}};
  Index stride = 1;
  for (auto dim = shape.dims.rbegin(); dim != shape.dims.rend(); ++dim) {
    if (!module_.dim(*dim).size) found.example = column / stride % sizes_.of(*dim);
    stride *= sizes_.of(*dim);
  }
  const auto* map = std::get_if<Map>(&function_.at(value).op);
  if (map == nullptr) return found;
  for (ValueId id : map->arguments) {
    const Shape& argument = places_.shape(id);
    const Index from = columns_of(argument.dims, shape.dims, sizes_)[static_cast<size_t>(column)];
    found.arguments.push_back(memory.at(id)[from * argument.rows + (argument.rows == 1 ? 0 : row)]);
  }
  return found;
}

std::vector<double> Plan::numbers(ValueId value, const Memory& memory) const {
  if (function_.type(value).kind == Kind::matrix) {
    const StateMatrix dense = memory.matrices[value.index].dense(memory.states.matrices);
    return {dense.data(), dense.data() + dense.size()};
  }
  const double* first = memory.at(value);
  return {first, first + places_.numbers(value, sizes_)};
}

/// All reads saw the old states: what depends on another matrix state is computed before any is overwritten.
void Plan::commit_matrices(const Memory& memory) const {
  std::vector<std::pair<StateId, const LazyMatrix*>> writes;
  for (const auto& instruction : function_.body) {
    const auto* write = std::get_if<Write>(&instruction.op);
    if (write == nullptr || module_.state(write->state).type.kind != Kind::matrix) continue;
    writes.emplace_back(write->state, &memory.matrices[write->value.index]);
  }
  std::vector<StateMatrix>& matrices = memory.states.matrices;
  std::vector<std::pair<StateId, StateMatrix>> computed;
  for (const auto& [state, value] : writes) {
    if (!value->only_uses(state)) computed.emplace_back(state, value->dense(matrices));
  }
  for (const auto& [state, value] : writes) {
    if (value->only_uses(state)) value->assign_to(state, matrices);
  }
  for (auto& [state, value] : computed) matrices[state.index] = std::move(value);
}

/// Matrices first: they may be made of arrays that are states.
void Plan::commit(Memory& memory) {
  if (!memory.matrices.empty()) commit_matrices(memory);
  for (size_t i = 0; i < function_.body.size(); ++i) {
    const auto* write = std::get_if<Write>(&function_.body[i].op);
    if (write == nullptr || module_.state(write->state).type.kind == Kind::matrix) continue;
    const ValueId value = places_.written[i] ? ValueId(i) : places_.roots[write->value.index];
    memory.states.arrays[write->state.index].swap(written_[*places_.written[value.index]]);
  }
  for (const Addition& addition : additions_) {
    const double* value = memory.targets[addition.instruction.index];
    const StateId state = std::get<AddRows>(function_.at(addition.instruction).op).state;
    addition.rows.run(value, value + addition.value_numbers, memory.states.arrays[state.index].data());
  }
}

}  // namespace tpc::evaluation::interpreter
