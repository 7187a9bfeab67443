#include "codegen/buffer_plan.h"

#include <algorithm>
#include <utility>

#include "ir/core/fields.h"

namespace tpc::codegen {

using ir::Kind;
using ir::ValueId;

namespace {

/// Slots are shared by values of the same number of rows, a constant times extents; twins count as the same, for the
/// two sides of pairs are computed one after the other.
using RowCount = std::pair<int64_t, std::vector<ir::DimId>>;

RowCount row_count(const ir::limit::Module& module, const std::vector<ir::DimId>& dims) {
  RowCount rows{1, {}};
  for (ir::DimId dim : dims) {
    const auto& size = module.dim(dim).size;
    if (size) {
      rows.first *= *size;
    } else {
      rows.second.push_back(module.untwinned(dim));
    }
  }
  std::ranges::sort(rows.second);
  return rows;
}

/// Positions count calls and loop groups. Groups of one kernel count too: each works on a tile's samples only.
struct Lifetime {
  size_t begin = 0, end = 0;  ///< both inclusive: nothing is written over while it is read
  bool needs_memory = false;
  /// All reads at `end` are of the very row a loop group is at: a row of the same place may be written there then.
  bool ends_row_by_row = false;
  bool begins_row_by_row = true;  ///< not before its loop nest, as what terms are added to does
};

class Planner {
 public:
  Planner(const ir::limit::Module& module, const ir::limit::Function& function)
      : module_(module), function_(function) {}

  BufferPlan run(const Schedule& schedule, const std::vector<KernelPlan>& kernels, const KernelPlan& changes) {
    for (size_t i = 0; i < schedule.phases.size(); ++i) {
      for (ValueId id : schedule.phases[i].calls) {
        ++position_;
        if (function_.type(id).kind == Kind::vector) make(id, true);
        for (ValueId operand : ir::operands(function_.at(id).op)) use(operand, false);
      }
      for (const LoopGroup& group : kernels[i].groups) walk(group);
    }
    for (const LoopGroup& group : changes.groups) walk(group);
    ++position_;
    for (ValueId id : schedule.pairs) {
      for (ValueId operand : ir::operands(function_.at(id).op)) use(operand, false);
    }
    for (ValueId id : schedule.effects) {
      for (ValueId operand : ir::operands(function_.at(id).op)) use(operand, false);
    }
    return assign();
  }

 private:
  void walk(const LoopGroup& group) {
    ++position_;
    for (ValueId id : group.members) {
      if (function_.type(id).kind == Kind::vector) make(id, is_accumulated(function_, id));
      for (ValueId operand : ir::operands(function_.at(id).op)) {
        if (!stays_in_register(function_, group, operand)) use(operand, !reads_rows_again(id));
      }
    }
  }
  /// Whether a row of an operand is read for several rows that the loop nest walks through.
  bool reads_rows_again(ValueId id) const {
    const auto* contract = std::get_if<ir::Contract>(&function_.at(id).op);
    return (contract && !contract->over.empty()) || is_accumulated(function_, id);
  }
  void make(ValueId id, bool needs_memory) {
    lifetimes_[id] = {position_, position_, needs_memory, false, !is_accumulated(function_, id)};
  }
  void use(ValueId operand, bool row_by_row) {
    for (ValueId source : sources(function_, operand)) use_source(operand, source, row_by_row);
  }
  void use_source(ValueId operand, ValueId maker, bool row_by_row) {
    auto found = lifetimes_.find(maker);
    if (found == lifetimes_.end()) return;  // a number, a state, or rows that are read where they stand
    Lifetime& lifetime = found->second;
    const bool first_here = lifetime.end < position_;
    lifetime.ends_row_by_row = row_by_row && maker == operand && (first_here || lifetime.ends_row_by_row);
    lifetime.end = position_;
    lifetime.needs_memory = true;
  }

  BufferPlan assign() const {
    BufferPlan plan;
    std::vector<Entry> in_order;
    for (const auto& [id, lifetime] : lifetimes_) {
      if (lifetime.needs_memory) in_order.emplace_back(lifetime, id);
    }
    std::ranges::sort(in_order, {}, [](const Entry& entry) { return std::pair(entry.first.begin, entry.second); });
    std::vector<Entry> last_in;  // of each slot
    for (const auto& entry : in_order) {
      const ValueId id = entry.second;
      size_t slot = 0;
      while (slot < last_in.size() && !may_follow(entry, last_in[slot])) ++slot;
      if (slot == last_in.size()) {
        plan.slots.emplace_back();
        last_in.push_back(entry);
      }
      auto& shapes = plan.slots[slot].shapes;
      if (std::ranges::find(shapes, function_.type(id).dims) == shapes.end()) shapes.push_back(function_.type(id).dims);
      last_in[slot] = entry;
      plan.slot_of[id] = static_cast<uint32_t>(slot);
    }
    return plan;
  }

  using Entry = std::pair<Lifetime, ValueId>;

  /// Whether `next` can live where `last` did.
  bool may_follow(const Entry& next, const Entry& last) const {
    const auto& dims = function_.type(next.second).dims;
    const auto& last_dims = function_.type(last.second).dims;
    if (last.first.end == next.first.begin) {
      return last.first.ends_row_by_row && next.first.begins_row_by_row && dims == last_dims;
    }
    return last.first.end < next.first.begin && row_count(module_, dims) == row_count(module_, last_dims);
  }

  const ir::limit::Module& module_;
  const ir::limit::Function& function_;
  size_t position_ = 0;
  std::map<ValueId, Lifetime> lifetimes_;
};

}  // namespace

BufferPlan plan_buffers(const ir::limit::Module& module, const ir::limit::Function& function, const Schedule& schedule,
                        const std::vector<KernelPlan>& kernels, const KernelPlan& changes) {
  return Planner(module, function).run(schedule, kernels, changes);
}

}  // namespace tpc::codegen
