#include "evaluation/interpreter/value_places.h"

#include <algorithm>

#include "ir/core/fields.h"
#include "ir/tp/lengths.h"

namespace tpc::evaluation::interpreter {
namespace {

bool is_array(const Instruction& instruction) {
  return instruction.type.kind == Kind::scalar || instruction.type.kind == Kind::vector;
}

template <class... Ops>
bool is_one_of(const Instruction& instruction) {
  return (std::holds_alternative<Ops>(instruction.op) || ...);
}

bool renames(const Instruction& instruction) {
  return is_array(instruction) && is_one_of<Relabel, StopGradient>(instruction);
}
/// Numbers that are somewhere already: in the batch, in a state, in the plan.
bool is_given(const Instruction& instruction) {
  return is_one_of<Input, Read, Constant, DimSize, WidthPower>(instruction);
}

/// Fills in ValuePlaces.
class Places {
 public:
  Places(const Module& module, const Function& function, Index width, const Sizes& sizes, ValuePlaces& places)
      : module_(module), function_(function), width_(width), sizes_(sizes), places_(places) {}

  void name_values() {
    const std::vector<ir::Lengths> lengths = ir::tp::lengths_of(module_, function_);
    for (size_t i = 0; i < count(); ++i) {
      const Instruction& instruction = function_.body[i];
      const Index rows = ir::tp::coordinates(lengths[i].rows, width_);
      places_.shapes.push_back({instruction.type.dims, instruction.type.kind == Kind::vector ? rows : 1});
      places_.matrix_sizes.push_back({rows, ir::tp::coordinates(lengths[i].columns, width_)});
      places_.roots.push_back(renames(instruction) ? root(operands(instruction.op).front()) : ValueId(i));
    }
  }

  void fuse_maps() {
    std::vector<size_t> uses(count());
    for_each_use([&](ValueId value, size_t) { ++uses[value.index]; });
    for (const Result& result : function_.results) ++uses[root(result.value).index];
    for (const Instruction& instruction : function_.body) {
      const auto* map = std::get_if<Map>(&instruction.op);
      if (map == nullptr || !is_array(instruction)) continue;
      for (ValueId argument : map->arguments) {
        const ValueId made = root(argument);
        const bool same_shape =
            function_.type(made) == instruction.type && function_.type(argument) == instruction.type;
        places_.fused[made.index] =
            same_shape && uses[made.index] == 1 && std::holds_alternative<Map>(function_.at(made).op);
      }
    }
  }

  /// A value written to a state has its own memory, unless that is another state's already: then it is copied there.
  void give_memory_to_writes() {
    for (size_t i = 0; i < count(); ++i) {
      const auto* write = std::get_if<Write>(&function_.body[i].op);
      if (write == nullptr || module_.state(write->state).type.kind == Kind::matrix) continue;
      const ValueId value = root(write->value);
      const bool copied = is_given(function_.at(value)) || places_.written[value.index];
      places_.written[copied ? i : value.index] = places_.written_sizes.size();
      places_.written_sizes.push_back(numbers(value));
    }
  }

  void give_slots() {
    const std::vector<std::vector<ValueId>> dying = values_by_last_use();
    for (size_t i = 0; i < count(); ++i) {
      if (const Index needed = needed_numbers(ValueId(i)); needed > 0) places_.slots[i] = take_slot(needed);
      for (ValueId value : dying[i]) {
        if (places_.slots[value.index]) free_.push_back(*places_.slots[value.index]);
      }
    }
  }

 private:
  [[nodiscard]] size_t count() const { return function_.body.size(); }
  [[nodiscard]] ValueId root(ValueId value) const { return places_.roots[value.index]; }
  [[nodiscard]] Index numbers(ValueId value) const { return places_.numbers(value, sizes_); }

  /// f(value, instruction that uses it), but for those that only rename.
  template <class F>
  void for_each_use(F&& f) const {
    for (size_t i = 0; i < count(); ++i) {
      if (renames(function_.body[i])) continue;
      for (ValueId operand : operands(function_.body[i].op)) f(root(operand), i);
    }
  }

  /// A value that is used after the function's end is in no list. What a matrix is made of is used where the matrix is.
  [[nodiscard]] std::vector<std::vector<ValueId>> values_by_last_use() const {
    std::vector<size_t> last(count());
    for (size_t i = 0; i < count(); ++i) last[i] = is_one_of<AddRows>(function_.body[i]) ? count() : i;
    for (const Result& result : function_.results) last[root(result.value).index] = count();
    for (size_t i = count(); i-- > 0;) {  // users first
      const Instruction& instruction = function_.body[i];
      if (renames(instruction)) continue;
      const bool passed_on = places_.fused[i] || instruction.type.kind == Kind::matrix;
      const size_t used = is_one_of<Write>(instruction) ? count() : passed_on ? last[i] : i;
      for (ValueId operand : operands(instruction.op)) {
        size_t& place = last[root(operand).index];
        place = std::max(place, used);
      }
    }
    std::vector<std::vector<ValueId>> dying(count());
    for (size_t i = 0; i < count(); ++i) {
      if (root(ValueId(i)) == ValueId(i) && last[i] < count()) dying[last[i]].emplace_back(i);
    }
    return dying;
  }

  /// Of the workspace. Rows to be added to a state are copied: states, which they may lie in, change one after the
  /// other.
  [[nodiscard]] Index needed_numbers(ValueId value) const {
    const Instruction& instruction = function_.at(value);
    if (const auto* rows = std::get_if<AddRows>(&instruction.op)) return numbers(rows->value) + numbers(rows->index);
    if (const auto* outer = std::get_if<Outer>(&instruction.op)) {
      return places_.shape(outer->left).dims == places_.shape(outer->right).dims ? 0 : numbers(outer->right);
    }
    const bool elsewhere = !is_array(instruction) || renames(instruction) || is_given(instruction) ||
                           places_.fused[value.index] || places_.written[value.index];
    return elsewhere ? 0 : numbers(value);
  }

  /// The smallest free one that is large enough, else the largest, which grows.
  size_t take_slot(Index needed) {
    const auto size = [&](size_t slot) { return places_.slot_sizes[slot]; };
    const auto better = [&](size_t a, size_t b) {
      const bool a_fits = size(a) >= needed, b_fits = size(b) >= needed;
      return a_fits != b_fits ? a_fits : a_fits ? size(a) < size(b) : size(a) > size(b);
    };
    const auto best = std::min_element(free_.begin(), free_.end(), better);
    if (best == free_.end()) {
      places_.slot_sizes.push_back(needed);
      return places_.slot_sizes.size() - 1;
    }
    const size_t slot = *best;
    free_.erase(best);
    places_.slot_sizes[slot] = std::max(places_.slot_sizes[slot], needed);
    return slot;
  }

  const Module& module_;
  const Function& function_;
  Index width_;
  const Sizes& sizes_;
  ValuePlaces& places_;
  std::vector<size_t> free_;
};

}  // namespace

ValuePlaces::ValuePlaces(const Module& module, const Function& function, Index width, const Sizes& sizes,
                         MapFusion fusion)
    : fused(function.body.size()), slots(function.body.size()), written(function.body.size()) {
  Places places(module, function, width, sizes, *this);
  places.name_values();
  if (fusion == MapFusion::whole_trees) places.fuse_maps();
  places.give_memory_to_writes();
  places.give_slots();
}

}  // namespace tpc::evaluation::interpreter
