/// \file Generic walks over an instruction's fields: its operands, and copies of it with operands renamed.
#pragma once

#include <type_traits>
#include <variant>
#include <vector>

#include "ir/core/ids.h"

namespace tpc::ir {

/// Calls f(name, field&) for every field of the operation held by `op` (const or not).
template <class OpVariant, class F>
void for_each_field(OpVariant& op, F&& f) {
  std::visit(
      [&](auto& alternative) {
        if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(alternative)>, std::monostate>) {
          std::remove_cvref_t<decltype(alternative)>::fields(alternative, f);
        }
      },
      op);
}

/// Calls f(ValueId&) for every operand that is present.
template <class OpVariant, class F>
void for_each_operand(OpVariant& op, F&& f) {
  for_each_field(op, [&](const char*, auto& field) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, ValueId>) {
      if (field.valid()) f(field);
    } else if constexpr (std::is_same_v<Field, std::vector<ValueId>>) {
      for (auto& operand : field) f(operand);
    }
  });
}

template <class OpVariant>
std::vector<ValueId> operands(const OpVariant& op) {
  std::vector<ValueId> result;
  for_each_operand(op, [&](ValueId operand) { result.push_back(operand); });
  return result;
}

/// A sum of products lhs * rhs (rhs absent: of lhs) over `over` and possibly more: the two may change places, a factor
/// without indices leaves either of them, and it is zero if one is. Declared by the operation.
template <class Op>
concept SymmetricBilinear = requires { requires Op::symmetric_bilinear; };

/// Whether the instruction must stay although nobody uses its value.
template <class Op>
concept HasEffect = requires { requires Op::has_effect; };

/// Whether the effect adds to parts of a state: others of its kind may add to it as well.
template <class Op>
concept AddsToState = requires { requires Op::adds_to_state; };

}  // namespace tpc::ir
