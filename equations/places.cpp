#include "equations/places.h"

#include <cmath>

#include "equations/function_parts.h"
#include "ir/core/primitive_traits.h"

namespace tpc::equations {

using ir::PrimitiveForm;
using ir::ValueId;

Places::Places(const ir::limit::Function& function) : function_(function), known_(function.body.size()) {
  std::vector<bool> number(function.body.size());
  for (size_t i = 0; i < function.body.size(); ++i) {
    const auto& op = function.body[i].op;
    number[i] = std::holds_alternative<ir::Constant>(op);
    known_[i] = std::holds_alternative<ir::DimIndex>(op);
    const auto* map = std::get_if<ir::Map>(&op);
    if (map == nullptr) continue;
    bool all = true, some = false;
    for (ValueId argument : map->arguments) {
      all = all && (number[argument.index] || known_[argument.index]);
      some = some || known_[argument.index];
    }
    known_[i] = all && some;
  }
}

Places::Affine Places::sum(Affine first, const Affine& second, double times) {
  first.constant += times * second.constant;
  for (const auto& [dim, factor] : second.indices) first.indices[dim] += times * factor;
  return first;
}

std::optional<Places::Affine> Places::affine(ValueId id) const {  // NOLINT(misc-no-recursion): as deep as the formula
  const auto& op = op_of(function_, id);
  if (const auto* constant = std::get_if<ir::Constant>(&op)) return Affine{constant->value, {}};
  if (const auto* index = std::get_if<ir::DimIndex>(&op)) return Affine{0.0, {{index->dim, 1.0}}};
  const auto* map = std::get_if<ir::Map>(&op);
  if (map == nullptr || !known_[id.index]) return std::nullopt;
  std::vector<Affine> operands;
  for (const ValueId argument : map->arguments) {
    auto operand = affine(argument);
    if (!operand) return std::nullopt;
    operands.push_back(std::move(*operand));
  }
  switch (ir::form_of(map->primitive)) {
    case PrimitiveForm::sum: return sum(operands[0], operands[1], 1.0);
    case PrimitiveForm::difference: return sum(operands[0], operands[1], -1.0);
    case PrimitiveForm::negation: return sum({}, operands[0], -1.0);
    case PrimitiveForm::product:
      if (operands[0].indices.empty()) return sum({}, operands[1], operands[0].constant);
      if (operands[1].indices.empty()) return sum({}, operands[0], operands[1].constant);
      break;
    case PrimitiveForm::quotient:
    case PrimitiveForm::power:
    case PrimitiveForm::correlation:
    case PrimitiveForm::curve: break;
  }
  return std::nullopt;
}

std::optional<Places::Affine> Places::picked(const ir::Contract& op) const {
  const auto* row = op.rhs.valid() ? std::get_if<ir::OneHot>(&op_of(function_, op.rhs)) : nullptr;
  if (row == nullptr || op.over != std::vector{row->dim}) return std::nullopt;
  return affine(row->argument);
}

std::optional<PlaceOrder> Places::order(const ir::Map& op) const {
  if (op.primitive != ir::Primitive::Step) return std::nullopt;
  const auto difference = affine(op.arguments[0]);
  if (!difference || difference->indices.size() != 2) return std::nullopt;
  PlaceOrder order;
  for (const auto& [dim, factor] : difference->indices) {
    if (factor == 1.0) order.outer = dim;
    if (factor == -1.0) order.inner = dim;
  }
  if (!order.inner.valid() || !order.outer.valid()) return std::nullopt;
  order.offset = static_cast<int64_t>(std::ceil(difference->constant)) - 1;
  return order;
}

/// A large number times (1(q <= p) - 1).
std::optional<PlaceOrder> Places::penalty(ValueId id) const {
  constexpr double large = 1e29;
  const auto* product = std::get_if<ir::Map>(&op_of(function_, id));
  if (product == nullptr || product->primitive != ir::Primitive::Mul) return std::nullopt;
  const auto* factor = std::get_if<ir::Constant>(&op_of(function_, product->arguments[0]));
  const auto* absent = std::get_if<ir::Map>(&op_of(function_, product->arguments[1]));
  if (factor == nullptr || factor->value < large || absent == nullptr || absent->primitive != ir::Primitive::Sub)
    return std::nullopt;
  const auto* present = std::get_if<ir::Map>(&op_of(function_, absent->arguments[0]));
  return present != nullptr ? order(*present) : std::nullopt;
}

std::optional<PresentLogits> Places::without_absent(ValueId logits) const {
  const auto* sum = std::get_if<ir::Map>(&op_of(function_, logits));
  if (sum == nullptr || sum->primitive != ir::Primitive::Add) return std::nullopt;
  for (size_t side : {0, 1}) {
    if (const auto places = penalty(sum->arguments[side])) return PresentLogits{sum->arguments[1 - side], *places};
  }
  return std::nullopt;
}

}  // namespace tpc::equations
