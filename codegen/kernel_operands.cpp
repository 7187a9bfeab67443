#include "codegen/kernel_operands.h"

#include <algorithm>
#include <set>

#include "ir/core/fields.h"
#include "ir/core/typing.h"

namespace tpc::codegen {

using ir::ValueId;

namespace {

/// The arrays in which an operand is found: its own, or of picked rows without one the table's and the index's.
std::vector<ValueId> read_in_memory(const ir::limit::Function& function, ValueId operand, const BufferPlan& buffers) {
  std::vector<ValueId> result;
  std::vector<ValueId> open = {without_relabels(function, operand)};
  while (!open.empty()) {
    const ValueId maker = open.back();
    open.pop_back();
    if (buffers.slot_of.contains(maker) || !is_picked_rows(function, maker)) {
      if (!is_immediate(function, maker)) result.push_back(maker);
      continue;
    }
    const auto& rows = std::get<ir::Gather>(function.at(maker).op);
    for (ValueId source : {rows.index, rows.table}) open.push_back(without_relabels(function, source));
  }
  return result;
}

}  // namespace

std::vector<ir::StateId> changed_states(const ir::limit::Function& function, const KernelPlan& plan) {
  std::vector<ir::StateId> states;
  for (const LoopGroup& group : plan.groups) {
    for (ValueId id : group.members) {
      const auto* rows = std::get_if<ir::AddRows>(&function.at(id).op);
      if (rows != nullptr && std::ranges::find(states, rows->state) == states.end()) states.push_back(rows->state);
    }
  }
  return states;
}

std::vector<ValueId> touched_arrays(const ir::limit::Function& function, const KernelPlan& plan,
                                    const BufferPlan& buffers) {
  std::vector<ValueId> arrays;
  std::set<ValueId> seen;
  auto touch = [&](ValueId id) {
    if (seen.insert(id).second) arrays.push_back(id);
  };
  for (const LoopGroup& group : plan.groups) {
    for (ValueId id : group.members) {
      for (ValueId operand : ir::operands(function.at(id).op)) {
        if (is_immediate(function, operand) || stays_in_register(function, group, operand)) continue;
        for (ValueId source : read_in_memory(function, operand, buffers)) touch(source);
      }
      if (buffers.slot_of.contains(id)) touch(id);
    }
  }
  return arrays;
}

std::vector<ir::DimId> met_extents(const ir::limit::Module& module, const ir::limit::Function& function,
                                   const ir::FunctionExtents& extents, const KernelPlan& plan) {
  std::vector<ir::DimId> met;
  auto meet = [&](ir::DimId dim) {
    if (module.dim(dim).size || ir::contains_dim(met, extents.of(dim))) return;
    met.push_back(extents.of(dim));
  };
  for (const LoopGroup& group : plan.groups) {
    std::ranges::for_each(group.dims, meet);
    for (ValueId id : group.members) {
      for (ValueId operand : ir::operands(function.at(id).op)) {
        ir::for_each_dim(function.at(operand), meet);
        for (ValueId source : sources(function, operand)) ir::for_each_dim(function.at(source), meet);
      }
      ir::for_each_dim(function.at(id), meet);
      if (const auto* rows = std::get_if<ir::AddRows>(&function.at(id).op)) {
        std::ranges::for_each(module.state(rows->state).type.dims, meet);
      }
    }
  }
  return met;
}

}  // namespace tpc::codegen
