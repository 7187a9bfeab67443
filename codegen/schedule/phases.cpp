#include "codegen/schedule/phases.h"

#include <algorithm>
#include <iterator>

#include "ir/core/fields.h"
#include "ir/core/typing.h"
#include "ir/core/visit.h"
#include "ir/limit/random.h"

namespace tpc::codegen {

// It speaks of Limit IR throughout.
using namespace ir;
using namespace ir::limit;
using ir::limit::Function;
using ir::limit::Instruction;
using ir::limit::Module;

namespace {

/// The number of index tuples, or nothing if it depends on an extent.
std::optional<int64_t> static_extent(const Module& module, const std::vector<DimId>& dims) {
  int64_t product = 1;
  for (DimId dim : dims) {
    if (!module.dim(dim).size) return std::nullopt;
    product *= *module.dim(dim).size;
  }
  return product;
}

bool is_small(const Module& module, const std::vector<DimId>& dims) {
  auto extent = static_extent(module, dims);
  return extent && *extent <= small_extent;
}

bool starts_with(const std::vector<DimId>& dims, const std::vector<DimId>& prefix) {
  return dims.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), dims.begin());
}

/// Whether one stride walks through all of `group` in an array stored as `dims`: adjacent in order, or all absent.
bool is_one_stride(const std::vector<DimId>& group, const std::vector<DimId>& dims) {
  if (std::ranges::none_of(group, [&](DimId dim) { return contains_dim(dims, dim); })) return true;
  return std::ranges::search(dims, group).size() == group.size();
}

std::vector<DimId> tail(const std::vector<DimId>& dims, size_t from) {
  return {dims.begin() + static_cast<std::ptrdiff_t>(from), dims.end()};
}

}  // namespace

ValueId without_relabels(const Function& function, ValueId id) {
  while (const auto* relabel = std::get_if<Relabel>(&function.at(id).op)) id = relabel->argument;
  return id;
}

bool is_picked_rows(const Function& function, ValueId id) {
  const ValueId maker = without_relabels(function, id);
  return is_random(function, maker) && std::holds_alternative<Gather>(function.at(maker).op);
}

std::vector<ValueId> sources(const Function& function, ValueId operand) {
  std::vector<ValueId> result = {without_relabels(function, operand)};
  for (size_t i = 0; i < result.size(); ++i) {
    if (!is_picked_rows(function, result[i])) continue;
    const auto& rows = std::get<Gather>(function.at(result[i]).op);
    for (ValueId source : {rows.table, rows.index}) result.push_back(without_relabels(function, source));
  }
  return result;
}

bool is_accumulated(const Function& function, ValueId id) {
  const auto& op = function.at(id).op;
  if (std::holds_alternative<Scatter>(op) || std::holds_alternative<AddRows>(op)) return true;
  const auto* sum = std::get_if<Contract>(&op);
  return sum != nullptr && !sum->over.empty() &&
         (is_picked_rows(function, sum->lhs) || (sum->rhs.valid() && is_picked_rows(function, sum->rhs)));
}

std::vector<DimId> extents_first(const Module& module, const std::vector<DimId>& dims) {
  std::vector<DimId> result;
  for (const bool known : {false, true}) {
    std::ranges::copy_if(dims, std::back_inserter(result),
                         [&](DimId dim) { return module.dim(dim).size.has_value() == known; });
  }
  return result;
}

std::vector<DimId> storage_dims(const Module& module, const Function& function, ValueId id) {
  if (const auto* relabel = std::get_if<Relabel>(&function.at(id).op)) {
    auto dims = storage_dims(module, function, relabel->argument);
    std::ranges::replace(dims, relabel->from, relabel->to);
    return dims;
  }
  const auto& dims = function.type(id).dims;
  return std::holds_alternative<Input>(function.at(id).op) ? extents_first(module, dims) : dims;
}

std::optional<ContractForm> dense_contract(const Module& module, const Function& function, const Contract& op) {
  const bool lhs_random = is_random(function, op.lhs);
  if (op.over.empty() || is_small(module, op.over) || (!lhs_random && !(op.rhs.valid() && is_random(function, op.rhs))))
    return std::nullopt;
  ContractForm form;
  form.random = lhs_random ? op.lhs : op.rhs;
  if (is_picked_rows(function, form.random)) return std::nullopt;
  form.coefficient = lhs_random ? op.rhs : op.lhs;
  const auto& in = function.type(form.random).dims;
  auto coefficient = form.coefficient.valid() ? storage_dims(module, function, form.coefficient) : std::vector<DimId>{};
  auto out =
      without_dims(op.rhs.valid() ? union_dims(function.type(op.lhs).dims, function.type(op.rhs).dims) : in, op.over);
  form.slices = without_dims(in, op.over);
  form.columns = tail(in, form.slices.size());
  if (form.columns.size() != op.over.size() || !starts_with(in, form.slices) || !starts_with(out, form.slices))
    return std::nullopt;
  form.rows = tail(out, form.slices.size());
  if (!is_one_stride(form.rows, coefficient) || !is_one_stride(form.columns, coefficient)) return std::nullopt;
  return form;
}

std::optional<ExpectForm> dense_expect(const Module& module, const Function& function, const Expect& op) {
  if (!op.rhs.valid() || is_picked_rows(function, op.lhs) || is_picked_rows(function, op.rhs)) return std::nullopt;
  const auto& lhs = function.type(op.lhs).dims;
  const auto& rhs = function.type(op.rhs).dims;
  ExpectForm form;
  std::ranges::copy_if(lhs, std::back_inserter(form.slices), [&](DimId dim) { return contains_dim(rhs, dim); });
  if (!starts_with(lhs, form.slices) || !starts_with(rhs, form.slices)) return std::nullopt;
  form.lhs_rows = tail(lhs, form.slices.size());
  form.rhs_rows = tail(rhs, form.slices.size());
  if (is_small(module, form.lhs_rows) || is_small(module, form.rhs_rows)) return std::nullopt;
  if (std::ranges::any_of(op.over, [&](DimId dim) { return !contains_dim(form.slices, dim); })) return std::nullopt;
  return form;
}

Execution execution_of(const Module& module, const Function& function, ValueId id) {
  const Execution local = is_random(function, id) ? Execution::fused : Execution::scalar;
  return std::visit(
      Overloaded{
          [](const std::monostate&) { return Execution::none; },
          [](const Input&) { return Execution::none; },
          [](const Constant&) { return Execution::none; },
          [](const DimSize&) { return Execution::none; },
          [](const DimIndex&) { return Execution::scalar; },
          [](const Unit&) { return Execution::none; },
          [](const Read&) { return Execution::none; },
          [](const Relabel&) { return Execution::none; },
          [&](const Map&) { return is_pair(function, id) ? Execution::pairs : local; },
          [&](const Contract& op) { return dense_contract(module, function, op) ? Execution::dense : local; },
          [](const OneHot&) { return Execution::scalar; },
          [](const Softmax&) { return Execution::scalar; },
          [](const LogSumExp&) { return Execution::scalar; },
          [](const Area&) { return Execution::scalar; },
          [](const NormalRule&) { return Execution::scalar; },
          [](const Condition&) { return Execution::dense; },
          [](const Accumulated&) { return Execution::dense; },
          [](const PairProduct&) { return Execution::pairs; },
          [](const PairApply&) { return Execution::dense; },
          [&](const Expect& op) { return dense_expect(module, function, op) ? Execution::dense : Execution::fused; },
          [&](const Gather&) { return local == Execution::fused ? Execution::none : local; },
          [&](const Scatter&) { return local; },
          [](const Present&) { return Execution::scalar; },
          [](const FirstOccurrence&) { return Execution::scalar; },
          [&](const AddRows& op) { return is_random(function, op.value) ? Execution::change : Execution::effect; },
          [](const Append&) { return Execution::effect; },
          [](const Combine&) { return Execution::effect; },
          [&](const Write& op) { return is_pair(function, op.value) ? Execution::pairs : Execution::effect; }},
      function.at(id).op);
}

namespace {

/// Whether a runtime call or an effect needs the rows of a random variable one after the other.
bool needs_rows_together(const Op& op) {
  return std::holds_alternative<Condition>(op) || std::holds_alternative<Accumulated>(op) ||
         std::holds_alternative<PairProduct>(op) || std::holds_alternative<PairApply>(op) ||
         std::holds_alternative<Append>(op) || std::holds_alternative<Write>(op) || std::holds_alternative<AddRows>(op);
}

/// Level k of a call: it stands in phases[k].calls; of a fused instruction: in phases[k].kernel. What stands in
/// `changes` has the level behind all others.
class Scheduler {
 public:
  Scheduler(const Module& module, const Function& function)
      : module_(module),
        function_(function),
        execution_(function.body.size()),
        level_(function.body.size(), 0),
        users_(function.body.size()),
        live_(function.body.size(), false) {}

  Schedule run() {
    find_live_values();
    for (size_t i = 0; i < level_.size(); ++i) {
      if (!live_[i]) continue;
      level_[i] = earliest_level(ValueId(i));
      if (execution_[i] == Execution::fused) last_kernel_ = std::max(last_kernel_, level_[i]);
      if (execution_[i] != Execution::pairs) changes_ = std::max(changes_, level_[i] + 1);
    }
    for (size_t i = level_.size(); i-- > 0;) {
      if (live_[i] && execution_[i] == Execution::fused) sink(ValueId(i));
    }
    return collect();
  }

 private:
  /// Marks what results and effects need, and lists users; a relabel's users count as users of what it renames.
  void find_live_values() {
    for (const Result& result : function_.results) live_[result.value.index] = true;
    for (size_t i = level_.size(); i-- > 0;) {
      execution_[i] = execution_of(module_, function_, ValueId(i));
      const bool changes_state = std::visit([]<class Op>(const Op&) { return HasEffect<Op>; }, function_.body[i].op);
      if (changes_state) live_[i] = true;
      if (!live_[i]) continue;
      if (is_copied(i)) execution_[i] = Execution::fused;
      for (ValueId operand : operands(function_.body[i].op)) {
        live_[operand.index] = true;
        if (!std::holds_alternative<Relabel>(function_.body[i].op)) add_users(i, operand);
      }
    }
  }

  /// Rows that are read where they stand are no users: those who read them are, and all of them are known by now.
  void add_users(size_t user, ValueId operand) {
    auto& users = users_[without_relabels(function_, operand).index];
    if (execution_[user] == Execution::none) {
      users.insert(users.end(), users_[user].begin(), users_[user].end());
    } else {
      users.push_back(ValueId(user));
    }
  }

  [[nodiscard]] bool is_copied(size_t i) const {
    return std::holds_alternative<Gather>(function_.body[i].op) && execution_[i] == Execution::none &&
           std::ranges::any_of(users_[i], [&](ValueId user) { return needs_rows_together(function_.at(user).op); });
  }

  size_t earliest_level(ValueId id) const {
    size_t level = 0;
    const bool fused = execution_[id.index] == Execution::fused;
    for (ValueId operand : operands(function_.at(id).op)) {
      const ValueId maker = without_relabels(function_, operand);
      const bool same_loop = fused && is_random(function_, maker);
      const bool after_kernel = execution_[maker.index] == Execution::fused && !same_loop;
      level = std::max(level, level_[maker.index] + (after_kernel ? 1 : 0));
    }
    return level;
  }

  /// The last level at which `id` is early enough for this user.
  size_t needed_at(ValueId user) const {
    switch (execution_[user.index]) {
      case Execution::change: return changes_;
      case Execution::fused: return level_[user.index];
      case Execution::scalar:
      case Execution::dense: return level_[user.index] - 1;
      case Execution::pairs:
      case Execution::effect:
      case Execution::none: break;
    }
    return last_kernel_;
  }

  /// Moving a value to the loop of its first user replaces its buffer by those of its operands: worth it if at most one
  /// operand does not stand in memory that long anyway (phi'(h) = 1 - phi(h)^2, say, then costs no buffer between
  /// forward and backward; a running sum, whose terms would all have to wait, stays where it is).
  void sink(ValueId id) {
    if (!is_random(function_, id) || users_[id.index].empty()) return;
    size_t latest = SIZE_MAX;
    for (ValueId user : users_[id.index]) latest = std::min(latest, needed_at(user));
    if (latest <= level_[id.index]) return;
    int new_buffers = 0;
    for (ValueId operand : operands(function_.at(id).op)) new_buffers += stands_until(latest, operand, id) ? 0 : 1;
    if (new_buffers <= 1) level_[id.index] = latest;
  }

  /// Whether the operand is in memory at that level without this user.
  bool stands_until(size_t level, ValueId operand, ValueId user) const {
    const ValueId maker = without_relabels(function_, operand);
    if (!is_random(function_, maker) || execution_[maker.index] == Execution::none || maker != operand) return true;
    return std::ranges::any_of(users_[maker.index],
                               [&](ValueId other) { return other != user && needed_at(other) >= level; });
  }

  Schedule collect() const {
    Schedule result;
    std::vector<ValueId> writes;
    for (size_t i = 0; i < level_.size(); ++i) {
      if (!live_[i] || execution_[i] == Execution::none) continue;
      if (execution_[i] == Execution::effect) {
        auto& effects = std::holds_alternative<Write>(function_.body[i].op) ? writes : result.effects;
        effects.push_back(ValueId(i));
        continue;
      }
      if (execution_[i] == Execution::pairs) {
        result.pairs.push_back(ValueId(i));
        continue;
      }
      if (execution_[i] == Execution::change || level_[i] == changes_) {
        result.changes.push_back(ValueId(i));
        continue;
      }
      if (result.phases.size() <= level_[i]) result.phases.resize(level_[i] + 1);
      Phase& phase = result.phases[level_[i]];
      (execution_[i] == Execution::fused ? phase.kernel : phase.calls).push_back(ValueId(i));
    }
    result.effects.insert(result.effects.end(), writes.begin(), writes.end());
    return result;
  }

  const Module& module_;
  const Function& function_;
  std::vector<Execution> execution_;
  std::vector<size_t> level_;
  size_t last_kernel_ = 0, changes_ = 1;
  std::vector<std::vector<ValueId>> users_;
  std::vector<bool> live_;
};

std::string label(const Function& function, ValueId id) {
  const std::string& name = function.at(id).name;
  return "%" + std::to_string(id.index) + (name.empty() ? "" : "(" + name + ")");
}

std::string describe(const Function& function, ValueId id) {
  const auto& op = function.at(id).op;
  std::string text = function.type(id).kind == Kind::none ? "" : label(function, id) + " = ";
  std::visit(
      [&](const auto& alternative) {
        using Op = std::remove_cvref_t<decltype(alternative)>;
        if constexpr (!std::is_same_v<Op, std::monostate>) text += Op::spelling;
      },
      op);
  if (const auto* map = std::get_if<Map>(&op)) text += "." + std::string(primitive_name(map->primitive));
  for (ValueId operand : operands(op)) text += " " + label(function, operand);
  return text;
}

}  // namespace

Schedule schedule(const Module& module, const Function& function) { return Scheduler(module, function).run(); }

std::string print_phases(const Module& module, const Function& function) {
  const Schedule order = schedule(module, function);
  std::string text = "phases of " + function.name() + "\n";
  for (size_t i = 0; i < order.phases.size(); ++i) {
    text += "  phase " + std::to_string(i) + "\n";
    for (ValueId id : order.phases[i].calls) text += "    call  " + describe(function, id) + "\n";
    for (ValueId id : order.phases[i].kernel) text += "    fused " + describe(function, id) + "\n";
  }
  for (ValueId id : order.changes) text += "  change  " + describe(function, id) + "\n";
  for (ValueId id : order.pairs) text += "  pairs   " + describe(function, id) + "\n";
  for (ValueId id : order.effects) text += "  effect  " + describe(function, id) + "\n";
  return text;
}

}  // namespace tpc::codegen
