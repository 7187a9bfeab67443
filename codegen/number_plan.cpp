#include "codegen/number_plan.h"

#include <algorithm>

#include "codegen/value_access.h"
#include "ir/core/fields.h"
#include "ir/core/typing.h"

namespace tpc::codegen {

using ir::DimId;
using ir::ValueId;
using Dims = std::vector<DimId>;

namespace {

/// Lanes of a vector of numbers: shorter dimensions are walked through one by one.
constexpr int64_t lane_count = 8;
/// Members of a loop nest, after which it ends where the next member is like its first, or at the latest. LLVM's time
/// grows faster than the length of a nest; and nests of whole steps of a recurrence are equal, so that one of them is
/// compiled.
constexpr size_t long_nest = 32, longest_nest = 64;
/// How far back two values that are computed alike are compared.
constexpr int likeness_depth = 3;

bool includes(const Dims& all, const Dims& part) {
  return std::ranges::all_of(part, [&](DimId dim) { return ir::contains_dim(all, dim); });
}
bool meets(const Dims& a, const Dims& b) {
  return std::ranges::any_of(a, [&](DimId dim) { return ir::contains_dim(b, dim); });
}

/// `dims` are `first` and then `second`.
bool is_sequence(const Dims& dims, const Dims& first, const Dims& second) {
  Dims joined = first;
  joined.insert(joined.end(), second.begin(), second.end());
  return dims == joined;
}

class Planner {
 public:
  Planner(const ir::limit::Module& module, const ir::limit::Function& function, const Schedule& schedule)
      : module_(module), function_(function), schedule_(schedule), values_(function.body.size()) {}

  NumberPlan run() {
    list_users();
    for (size_t i = values_.size(); i-- > 0;) {
      if (values_[i].is_loop && may_inline(ValueId(i))) plan_.inlined.insert(ValueId(i));
    }
    for (size_t phase = 0; phase < schedule_.phases.size(); ++phase) {
      plan_.phases.emplace_back();
      for (ValueId id : schedule_.phases[phase].calls) {
        if (!plan_.inlined.contains(id)) place(id, plan_.phases.back());
      }
    }
    for (size_t i = 0; i < values_.size(); ++i) {
      if (values_[i].is_loop && !plan_.inlined.contains(ValueId(i)) && needs_memory(ValueId(i))) {
        plan_.stored.insert(ValueId(i));
      }
    }
    return std::move(plan_);
  }

 private:
  struct Value {
    bool is_loop = false;  ///< made by a loop over numbers
    size_t phase = SIZE_MAX, step = SIZE_MAX;
    bool is_result = false, has_other_name = false;  ///< used by a result; under other dimensions
    std::vector<ValueId> users;
    std::set<ValueId> sums;  ///< of an inlined value: the sums that stand in a loop nest of their own
  };
  Value& at(ValueId id) { return values_[id.index]; }
  const Dims& dims(ValueId id) const { return function_.type(id).dims; }
  const Dims& summed(ValueId id) const { return std::get<ir::Contract>(function_.at(id).op).over; }

  bool is_loop(ValueId id) const {
    if (function_.type(id).kind != ir::Kind::scalar) return false;
    const auto* contract = std::get_if<ir::Contract>(&function_.at(id).op);
    if (contract) return !matrix_product(module_, function_, *contract);
    const auto& op = function_.at(id).op;
    return std::holds_alternative<ir::Map>(op) || std::holds_alternative<ir::Present>(op) || is_gather(id);
  }

  /// Numbers picked by index: one after the other, for neighbours stand anywhere.
  bool is_gather(ValueId id) const { return std::holds_alternative<ir::Gather>(function_.at(id).op); }

  void list_users() {
    auto use = [&](ValueId user) {
      for (ValueId operand : ir::operands(function_.at(user).op)) {
        for (ValueId maker : sources(function_, operand)) {
          at(maker).users.push_back(user);
          if (maker != operand) at(maker).has_other_name = true;
        }
      }
    };
    for (size_t phase = 0; phase < schedule_.phases.size(); ++phase) {
      for (ValueId id : schedule_.phases[phase].calls) {
        at(id).phase = phase;
        at(id).is_loop = is_loop(id);
        use(id);
      }
      for (ValueId id : schedule_.phases[phase].kernel) use(id);
    }
    for (ValueId id : schedule_.changes) use(id);
    for (ValueId id : schedule_.pairs) use(id);
    for (ValueId id : schedule_.effects) use(id);
    for (const ir::Result& result : function_.results) {
      at(without_relabels(function_, result.value)).is_result = true;
    }
  }

  /// Whether all that is done with the value is summing it, in loops that walk through all of its dimensions anyway.
  bool may_inline(ValueId id) {
    if (at(id).is_result || at(id).has_other_name || at(id).users.empty() || is_gather(id)) return false;
    std::set<ValueId> sums;
    for (ValueId user : at(id).users) {
      const bool user_inlined = plan_.inlined.contains(user);
      const bool sums_it = is_sum(function_, user) && includes(dims(id), dims(user)) && meets(dims(id), summed(user));
      if (!at(user).is_loop || at(user).phase != at(id).phase ||
          !(sums_it || (user_inlined && !is_sum(function_, user)))) {
        return false;
      }
      if (user_inlined) {
        sums.insert(at(user).sums.begin(), at(user).sums.end());
      } else {
        sums.insert(user);
      }
    }
    bool alike = true;
    for (ValueId sum : sums) {
      if (!includes(dims(id), dims(sum)) || dims(id).size() == dims(sum).size()) return false;
      alike =
          alike && ir::same_dims(dims(sum), dims(*sums.begin())) && ir::same_dims(summed(sum), summed(*sums.begin()));
    }
    // Made again in each of different sums only where its array would be large.
    if (!alike && dims(id).size() <= 2) return false;
    at(id).sums = std::move(sums);
    return true;
  }

  /// What is read from memory or from registers of the loop nest: operands that are not inlined, direct or of inlined.
  std::vector<ValueId> leaves(ValueId id) const {
    auto tree = inlined_operands(function_, plan_.inlined, {id});
    tree.push_back(id);
    std::vector<ValueId> result;
    for (ValueId node : tree) {
      for (ValueId operand : ir::operands(function_.at(node).op)) {
        if (!plan_.inlined.contains(operand) && !is_immediate(function_, operand)) result.push_back(operand);
      }
    }
    return result;
  }

  /// How badly the loop nest of a sum reads its operands if `lane` is walked through by vectors.
  int cost(DimId lane, const std::vector<ValueId>& operands) const {
    const auto& size = module_.dim(lane).size;
    int result = size && *size < lane_count ? 1000 : 0;
    for (ValueId operand : operands) {
      const Dims stored = storage_dims(module_, function_, operand);
      if (ir::contains_dim(stored, lane) && stored.back() != lane) result += 10;
    }
    return result;
  }

  DimId lane_of(ValueId id) const {
    if (is_gather(id)) return {};
    if (!is_sum(function_, id)) return dims(id).empty() ? DimId{} : dims(id).back();
    const auto operands = leaves(id);
    Dims candidates = dims(id).empty() ? Dims{} : Dims{dims(id).back()};
    Dims nested;  // walked through inside of a value
    for (ValueId inner : inlined_operands(function_, plan_.inlined, {id})) {
      if (is_sum(function_, inner)) nested.insert(nested.end(), summed(inner).begin(), summed(inner).end());
    }
    for (DimId dim : summed(id)) {
      if (!ir::contains_dim(nested, dim)) candidates.push_back(dim);
    }
    if (candidates.empty()) return {};
    return *std::ranges::min_element(candidates, {}, [&](DimId dim) { return cost(dim, operands); });
  }

  /// Whether a member of a group of the operand's own dimensions can take it from a register.
  bool stays_in_register(ValueId operand, const Dims& group_dims, DimId lane, const NumberStep& step) const {
    return !step.call.valid() && function_.type(operand).kind == ir::Kind::scalar &&
           without_relabels(function_, operand) == operand && ir::same_dims(dims(operand), group_dims) &&
           step.group.lane == lane && (!lane.valid() || ir::contains_dim(group_dims, lane));
  }

  void place(ValueId id, std::vector<NumberStep>& steps) {
    const bool loop = at(id).is_loop;
    const DimId lane = loop ? lane_of(id) : DimId{};
    size_t first = 0;
    for (ValueId operand : leaves(id)) {
      const Value& maker = at(without_relabels(function_, operand));
      if (maker.phase != at(id).phase || maker.step == SIZE_MAX) continue;
      const bool stays = loop && stays_in_register(operand, dims(id), lane, steps[maker.step]);
      first = std::max(first, maker.step + (stays ? 0 : 1));
    }
    // The last that fits: what a recurrence's step makes of its inputs alone stands with the rest of the step.
    size_t step = steps.size();
    for (size_t i = steps.size(); loop && i-- > first && step == steps.size();) {
      if (fits(id, lane, steps[i])) step = i;
    }
    if (step == steps.size()) {
      steps.emplace_back();
      if (loop) {
        steps.back().group = {dims(id), lane, {}};
      } else {
        steps.back().call = id;
      }
    }
    at(id).step = step;
    if (loop) join(id, steps[step].group, step);
  }

  bool fits(ValueId id, DimId lane, const NumberStep& step) const {
    if (step.call.valid() || step.group.lane != lane || !ir::same_dims(step.group.dims, dims(id))) return false;
    if (ends_before(id, step.group.members)) return false;
    const bool across = lane.valid() && !ir::contains_dim(dims(id), lane);
    return !across || ir::same_dims(step.group.members.front().over, summed(id));
  }

  bool ends_before(ValueId id, const std::vector<NumberMember>& nest) const {
    if (nest.size() < long_nest) return false;
    return nest.size() >= longest_nest || alike(id, nest.front().values.front(), likeness_depth);
  }

  /// Whether both are the same operation, of operands that are so, too.
  bool alike(ValueId a, ValueId b, int depth) const {
    const auto &one = function_.at(a).op, &other = function_.at(b).op;
    if (one.index() != other.index() || dims(a) != dims(b)) return false;
    const auto *map = std::get_if<ir::Map>(&one), *other_map = std::get_if<ir::Map>(&other);
    if (map && (map->primitive != other_map->primitive || map->power != other_map->power)) return false;
    const auto operands = ir::operands(one), others = ir::operands(other);
    return depth == 0 ||
           std::ranges::equal(operands, others, [&](ValueId x, ValueId y) { return alike(x, y, depth - 1); });
  }

  /// Sums over the same dimensions share their loop if what they read is there when it begins.
  void join(ValueId id, NumberGroup& group, size_t step) {
    const Dims over = is_sum(function_, id) ? summed(id) : Dims{};
    if (!over.empty()) {
      size_t ready = 0;
      for (ValueId operand : leaves(id)) {
        if (at(operand).step != step || at(operand).phase != at(id).phase) continue;
        const auto maker = std::ranges::find_if(group.members, [&](const NumberMember& m) {
          return std::ranges::find(m.values, operand) != m.values.end();
        });
        ready = std::max(ready, static_cast<size_t>(maker - group.members.begin()) + 1);
      }
      for (size_t i = ready; i < group.members.size(); ++i) {
        if (!ir::same_dims(group.members[i].over, over)) continue;
        group.members[i].values.push_back(id);
        return;
      }
    }
    group.members.push_back({{id}, over});
  }

  bool needs_memory(ValueId id) {
    if (at(id).is_result || at(id).has_other_name) return true;
    return std::ranges::any_of(at(id).users, [&](ValueId user) {
      if (at(user).phase != at(id).phase || !at(user).is_loop) return true;
      if (!plan_.inlined.contains(user)) return at(user).step != at(id).step;
      return std::ranges::any_of(at(user).sums, [&](ValueId sum) { return at(sum).step != at(id).step; });
    });
  }

  const ir::limit::Module& module_;
  const ir::limit::Function& function_;
  const Schedule& schedule_;
  std::vector<Value> values_;
  NumberPlan plan_;
};

}  // namespace

bool is_sum(const ir::limit::Function& function, ValueId id) {
  const auto* contract = std::get_if<ir::Contract>(&function.at(id).op);
  return contract && !contract->over.empty();
}

std::vector<ValueId> inlined_operands(const ir::limit::Function& function, const std::set<ValueId>& inlined,
                                      const std::vector<ValueId>& sums) {
  std::set<ValueId> found;
  std::vector<ValueId> open = sums;
  while (!open.empty()) {
    const ValueId id = open.back();
    open.pop_back();
    for (ValueId operand : ir::operands(function.at(id).op)) {
      if (inlined.contains(operand) && found.insert(operand).second) open.push_back(operand);
    }
  }
  return {found.begin(), found.end()};
}

std::optional<ProductForm> matrix_product(const ir::limit::Module& module, const ir::limit::Function& function,
                                          const ir::Contract& op) {
  if (op.over.empty() || !op.rhs.valid() || function.type(op.lhs).kind != ir::Kind::scalar ||
      function.type(op.rhs).kind != ir::Kind::scalar || is_immediate(function, op.lhs) ||
      is_immediate(function, op.rhs)) {
    return std::nullopt;
  }
  const Dims lhs = storage_dims(module, function, op.lhs);
  const Dims rhs = storage_dims(module, function, op.rhs);
  ProductForm form{ir::without_dims(lhs, op.over), ir::without_dims(rhs, op.over), {}, false, false};
  std::ranges::copy_if(lhs, std::back_inserter(form.inner), [&](DimId dim) { return ir::contains_dim(op.over, dim); });
  const bool is_matrix = !form.rows.empty() && !form.columns.empty() && !meets(form.rows, form.columns);
  const Dims out = ir::without_dims(ir::union_dims(function.type(op.lhs).dims, function.type(op.rhs).dims), op.over);
  if (!is_matrix || form.inner.size() != op.over.size() || !is_sequence(out, form.rows, form.columns)) {
    return std::nullopt;
  }
  int64_t terms = 1;
  for (DimId dim : form.inner) terms *= module.dim(dim).size.value_or(small_extent + 1);
  if (terms <= small_extent) return std::nullopt;
  form.lhs_transposed = is_sequence(lhs, form.inner, form.rows);
  form.rhs_transposed = is_sequence(rhs, form.columns, form.inner);
  if (!form.lhs_transposed && !is_sequence(lhs, form.rows, form.inner)) return std::nullopt;
  if (!form.rhs_transposed && !is_sequence(rhs, form.inner, form.columns)) return std::nullopt;
  return form;
}

NumberPlan plan_numbers(const ir::limit::Module& module, const ir::limit::Function& function,
                        const Schedule& schedule) {
  return Planner(module, function, schedule).run();
}

}  // namespace tpc::codegen
