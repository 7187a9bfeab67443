#include "ir/tp/entries.h"

#include "ir/core/fields.h"
#include "ir/core/primitive_traits.h"

namespace tpc::ir::tp {
namespace {

bool is_matrix(const Function& function, ValueId id) { return function.type(id).kind == Kind::matrix; }

bool is_matrix_map(const Function& function, ValueId id) {
  return is_matrix(function, id) && std::holds_alternative<Map>(function.at(id).op);
}

/// Marks the states of one function; true if there were new ones.
class EntrywiseStates {
 public:
  EntrywiseStates(const Function& function, std::vector<bool>& marked)
      : function_(function), marked_(marked), by_entries_(function.body.size()), needed_(function.body.size()) {}

  bool mark() {
    const std::vector<bool> before = marked_;
    for (size_t i = 0; i < by_entries_.size(); ++i) by_entries_[i] = is_by_entries(ValueId(i));
    for (size_t i = needed_.size(); i-- > 0;) need_operands(ValueId(i));
    for (size_t i = 0; i < needed_.size(); ++i) mark_state(ValueId(i));
    return marked_ != before;
  }

 private:
  [[nodiscard]] bool is_linear(ValueId id) const {
    return is_linear_in_matrices(function_, std::get<Map>(function_.at(id).op));
  }

  /// Whether the matrix is no linear combination of outer products and Gaussian matrices.
  [[nodiscard]] bool is_by_entries(ValueId id) const {
    if (const auto* read = std::get_if<Read>(&function_.at(id).op)) {
      return is_matrix(function_, id) && marked_[read->state.index];
    }
    if (!is_matrix_map(function_, id)) return false;
    bool result = !is_linear(id);
    for_each_operand(function_.at(id).op,
                     [&](const ValueId& operand) { result = result || by_entries_[operand.index]; });
    return result;
  }

  /// Whether entries are needed one by one.
  void need_operands(ValueId id) {
    if (!is_matrix_map(function_, id)) return;
    const bool needs = needed_[id.index] || !is_linear(id);
    for_each_operand(function_.at(id).op,
                     [&](const ValueId& operand) { needed_[operand.index] = needed_[operand.index] || needs; });
  }

  void mark_state(ValueId id) {
    const Op& op = function_.at(id).op;
    if (const auto* read = std::get_if<Read>(&op); read != nullptr && is_matrix(function_, id) && needed_[id.index]) {
      marked_[read->state.index] = true;
    }
    const auto* write = std::get_if<Write>(&op);
    if (write != nullptr && by_entries_[write->value.index]) marked_[write->state.index] = true;
  }

  const Function& function_;
  std::vector<bool>& marked_;
  std::vector<bool> by_entries_, needed_;
};

}  // namespace

bool is_linear_in_matrices(const Function& function, const Map& op) {
  switch (form_of(op.primitive)) {
    case PrimitiveForm::negation: return true;
    case PrimitiveForm::sum:
    case PrimitiveForm::difference: return is_matrix(function, op.arguments[0]) && is_matrix(function, op.arguments[1]);
    case PrimitiveForm::product: return is_matrix(function, op.arguments[0]) != is_matrix(function, op.arguments[1]);
    case PrimitiveForm::quotient: return !is_matrix(function, op.arguments[1]);
    case PrimitiveForm::power:
    case PrimitiveForm::correlation:
    case PrimitiveForm::curve: break;
  }
  return false;
}

std::vector<bool> entrywise_states(const Module& module) {
  std::vector<bool> marked(module.states.size());
  for (bool found = true; found;) {
    found = false;
    for (const Function& function : module.functions) found = EntrywiseStates(function, marked).mark() || found;
  }
  return marked;
}

}  // namespace tpc::ir::tp
