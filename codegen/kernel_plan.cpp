#include "codegen/kernel_plan.h"

#include <algorithm>

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

/// The rows an instruction walks through: those of its result; for an expectation also the summed ones.
std::vector<DimId> iteration_dims(const ir::limit::Function& function, ValueId id) {
  const auto* expect = std::get_if<ir::limit::Expect>(&function.at(id).op);
  if (!expect) return function.type(id).dims;
  const auto& lhs = function.type(expect->lhs).dims;
  return expect->rhs.valid() ? ir::union_dims(lhs, function.type(expect->rhs).dims) : lhs;
}

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
  for (ValueId id : kernel) {
    const auto dims = iteration_dims(function, id);
    size_t first = 0;  // the first group in which all operands are there
    for (ValueId operand : ir::operands(function.at(id).op)) {
      const ValueId maker = without_relabels(function, operand);
      const auto made_in = plan.group_of(maker);
      if (!made_in) continue;
      const bool same_rows = operand == maker && same_set(function.type(maker).dims, dims);
      first = std::max(first, *made_in + (same_rows ? 0 : 1));
    }
    auto group = std::find_if(plan.groups.begin() + static_cast<std::ptrdiff_t>(std::min(first, plan.groups.size())),
                              plan.groups.end(), [&](const LoopGroup& g) { return same_set(g.dims, dims); });
    if (group == plan.groups.end()) group = plan.groups.insert(group, LoopGroup{dims, {}});
    group->members.push_back(id);
    if (std::holds_alternative<ir::limit::Expect>(function.at(id).op)) plan.expectations.push_back(id);
  }
  return plan;
}

}  // namespace tpc::codegen
