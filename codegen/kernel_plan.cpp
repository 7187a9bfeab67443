#include "codegen/kernel_plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/diag/check.h"
#include "ir/core/fields.h"
#include "ir/core/typing.h"

namespace tpc::codegen {

using ir::DimId;
using ir::ValueId;

namespace {

bool same_set(const std::vector<DimId>& a, const std::vector<DimId>& b) {
  return a.size() == b.size() && std::ranges::all_of(a, [&](DimId dim) { return ir::contains_dim(b, dim); });
}

/// The rows an instruction walks through: those of its result; where it adds up also the summed ones.
std::vector<DimId> iteration_dims(const ir::limit::Function& function, ValueId id) {
  const auto joint = [&](ValueId lhs, ValueId rhs) {
    const auto& dims = function.type(lhs).dims;
    return rhs.valid() ? ir::union_dims(dims, function.type(rhs).dims) : dims;
  };
  const auto& op = function.at(id).op;
  if (const auto* expect = std::get_if<ir::limit::Expect>(&op)) return joint(expect->lhs, expect->rhs);
  if (const auto* rows = std::get_if<ir::Scatter>(&op)) return joint(rows->index, rows->value);
  if (const auto* rows = std::get_if<ir::AddRows>(&op)) return joint(rows->index, rows->value);
  if (is_accumulated(function, id)) {
    const auto& sum = std::get<ir::Contract>(op);
    return joint(sum.lhs, sum.rhs);
  }
  return function.type(id).dims;
}

/// Puts the instruction into the first group from `first` on that walks through its rows and where its operands are.
void place(const ir::limit::Function& function, ValueId id, size_t first, KernelPlan& plan) {
  const auto dims = iteration_dims(function, id);
  for (ValueId operand : ir::operands(function.at(id).op)) {
    for (ValueId source : sources(function, operand)) {
      const auto made_in = plan.group_of(source);
      if (!made_in) continue;
      const bool same_rows = operand == source && same_set(function.type(source).dims, dims);
      first = std::max(first, *made_in + (same_rows ? 0 : 1));
    }
  }
  auto group = std::find_if(plan.groups.begin() + static_cast<std::ptrdiff_t>(std::min(first, plan.groups.size())),
                            plan.groups.end(), [&](const LoopGroup& g) { return same_set(g.dims, dims); });
  if (group == plan.groups.end()) group = plan.groups.insert(group, LoopGroup{dims, {}});
  group->members.push_back(id);
  if (std::holds_alternative<ir::limit::Expect>(function.at(id).op)) plan.expectations.push_back(id);
}

/// The values that may be made in the loop nest of the addition that alone needs them: they read no state to which rows
/// are added, and are made row by row.
class Additions {
 public:
  Additions(const ir::limit::Function& function, const std::vector<ValueId>& changes) : function_(function) {
    for (ValueId id : changes) {
      if (const auto* rows = std::get_if<ir::AddRows>(&function.at(id).op)) changed_.insert(rows->state);
    }
    for (auto id = changes.rbegin(); id != changes.rend(); ++id) {
      if (belongs(*id)) members_.insert(*id);
      for (ValueId operand : ir::operands(function.at(*id).op)) {
        for (ValueId source : sources(function, operand)) users_[source].push_back(*id);
      }
    }
  }
  [[nodiscard]] bool contains(ValueId id) const { return members_.contains(id); }

 private:
  bool belongs(ValueId id) {
    if (std::holds_alternative<ir::AddRows>(function_.at(id).op)) return true;
    const auto& users = users_[id];
    return !is_accumulated(function_, id) && !reads_changed_state(id) && std::ranges::all_of(users, [&](ValueId user) {
      return contains(user) && same_set(iteration_dims(function_, user), iteration_dims(function_, id));
    });
  }
  [[nodiscard]] bool reads_changed_state(ValueId id) const {
    for (ValueId operand : ir::operands(function_.at(id).op)) {
      for (ValueId source : sources(function_, operand)) {
        const auto* read = std::get_if<ir::Read>(&function_.at(source).op);
        if (read != nullptr && changed_.contains(read->state)) return true;
      }
    }
    return false;
  }

  const ir::limit::Function& function_;
  std::set<ir::StateId> changed_;
  std::set<ValueId> members_;
  std::map<ValueId, std::vector<ValueId>> users_;
};

}  // namespace

std::optional<size_t> KernelPlan::group_of(ValueId id) const {
  for (size_t i = 0; i < groups.size(); ++i) {
    if (std::ranges::find(groups[i].members, id) != groups[i].members.end()) return i;
  }
  return std::nullopt;
}

bool stays_in_register(const ir::limit::Function& function, const LoopGroup& group, ValueId operand) {
  return std::ranges::find(group.members, operand) != group.members.end() &&
         same_set(function.type(operand).dims, group.dims);
}

KernelPlan plan_kernel(const ir::limit::Function& function, const std::vector<ValueId>& kernel) {
  KernelPlan plan;
  for (ValueId id : kernel) place(function, id, 0, plan);
  return plan;
}

KernelPlan plan_changes(const ir::limit::Function& function, const std::vector<ValueId>& changes) {
  const Additions additions(function, changes);
  KernelPlan plan;
  for (ValueId id : changes) {
    if (!additions.contains(id)) place(function, id, 0, plan);
  }
  const size_t first = plan.groups.size();
  for (ValueId id : changes) {
    if (additions.contains(id)) place(function, id, first, plan);
  }
  return plan;
}

}  // namespace tpc::codegen
