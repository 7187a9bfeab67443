#include "passes/update/substitution.h"

#include <algorithm>
#include <utility>

#include "ir/core/fields.h"
#include "ir/core/primitive_traits.h"
#include "ir/core/typing.h"

namespace tpc::passes {

using ir::DimId;
using ir::Kind;
using ir::PrimitiveForm;
using ir::ValueId;
namespace tp = ir::tp;

Substitution::Substitution(tp::Builder& builder, std::map<ValueId, ValueId> images, size_t end,
                           std::map<ValueId, RowSum> rows)
    : build_(builder), images_(std::move(images)), sums_(std::move(rows)) {
  find_dependent(end);
}

void Substitution::find_dependent(size_t end) {
  depends_.resize(end, false);
  for (size_t i = 0; i < end; ++i) {
    const std::vector<ValueId> operands = ir::operands(build_.function().body[i].op);
    depends_[i] = images_.contains(ValueId(i)) || sums_.contains(ValueId(i)) ||
                  std::ranges::any_of(operands, [&](ValueId operand) { return depends_[operand.index]; });
  }
}

ValueId Substitution::image(ValueId value) {
  if (value.index >= depends_.size() || !depends_[value.index]) return value;
  std::vector<bool> needed(value.index + size_t{1}, false);
  needed[value.index] = true;
  for (size_t i = needed.size(); i-- > 0;) {
    const ValueId id(i);
    if (!needed[i] || !depends_[i] || images_.contains(id) || sums_.contains(id)) continue;
    for (ValueId operand : ir::operands(build_.function().body[i].op)) needed[operand.index] = true;
  }
  for (size_t i = 0; i < needed.size(); ++i) {
    const ValueId id(i);
    if (needed[i] && depends_[i] && !images_.contains(id) && !sums_.contains(id)) copy(id);
  }
  return whole(value);
}

void Substitution::copy(ValueId id) {
  if (copy_sum(id)) return;
  tp::Instruction instruction = build_.function().at(id);
  ir::for_each_operand(instruction.op, [&](ValueId& operand) { operand = whole(operand); });
  build_.at(instruction.span);
  build_.name_next(instruction.name);
  images_[id] = build_.insert(std::move(instruction.op));
}

/// What is linear in a sum of rows stays one. False: it is not.
bool Substitution::copy_sum(ValueId id) {
  const tp::Op op = build_.function().at(id).op;
  if (const auto* contract = std::get_if<ir::Contract>(&op)) {
    const bool first = sums_.contains(contract->lhs);
    const ValueId rows = first ? contract->lhs : contract->rhs, number = first ? contract->rhs : contract->lhs;
    if (!rows.valid() || !sums_.contains(rows)) return false;
    sums_[id] = contracted(sums_.at(rows), number.valid() ? whole(number) : number, contract->over);
    return true;
  }
  const auto* map = std::get_if<ir::Map>(&op);
  if (map == nullptr) return false;
  const ValueId first = map->arguments.front(), last = map->arguments.back();
  const auto is_number = [&](ValueId value) { return build_.type(value).kind == Kind::scalar; };
  switch (ir::form_of(map->primitive)) {
    case PrimitiveForm::negation:
      if (!sums_.contains(first)) return false;
      sums_[id] = scaled(sums_.at(first), build_.constant(-1), false);
      return true;
    case PrimitiveForm::product:
      if (sums_.contains(first) && is_number(last)) {
        sums_[id] = scaled(sums_.at(first), whole(last), false);
        return true;
      }
      if (!sums_.contains(last) || !is_number(first)) return false;
      sums_[id] = scaled(sums_.at(last), whole(first), false);
      return true;
    case PrimitiveForm::quotient:
      if (!sums_.contains(first) || !is_number(last)) return false;
      sums_[id] = scaled(sums_.at(first), whole(last), true);
      return true;
    case PrimitiveForm::sum:
    case PrimitiveForm::difference:
    case PrimitiveForm::power:
    case PrimitiveForm::correlation:
    case PrimitiveForm::curve: break;
  }
  return false;
}

/// The image of a value as one value.
ValueId Substitution::whole(ValueId id) {
  if (const auto found = images_.find(id); found != images_.end()) return found->second;
  const auto sum = sums_.find(id);
  if (sum == sums_.end()) return id;
  ValueId total;
  for (const RowSum::Term& term : sum->second.terms) {
    const ValueId part = term.number.valid() ? build_.mul(term.number, term.vector) : term.vector;
    total = total.valid() ? build_.add(total, part) : part;
  }
  return images_[id] = total;
}

ValueId Substitution::times(ValueId a, ValueId b) {
  if (!a.valid() || !b.valid()) return a.valid() ? a : b;
  return build_.mul(a, b);
}

RowSum Substitution::scaled(const RowSum& sum, ValueId number, bool divided) {
  RowSum result = sum;
  for (RowSum::Term& term : result.terms) {
    const ValueId factor = divided ? build_.div(build_.constant(1), number) : number;
    term.number = times(term.number, factor);
  }
  return result;
}

/// A vector without a summed dimension is multiplied by the sum of its numbers.
RowSum Substitution::contracted(const RowSum& sum, ValueId number, const std::vector<DimId>& over) {
  RowSum result;
  for (const RowSum::Term& term : sum.terms) {
    ValueId factor = times(term.number, number);
    const std::vector<DimId> of_numbers = ir::without_dims(over, build_.type(term.vector).dims);
    const std::vector<DimId> of_vectors = ir::without_dims(over, of_numbers);
    const std::vector<DimId> dims = factor.valid() ? build_.type(factor).dims : std::vector<DimId>{};
    for (DimId dim : of_numbers) {
      factor = ir::contains_dim(dims, dim) ? build_.contract(factor, {}, {dim})
                                           : times(factor, build_.insert(ir::DimSize{dim}));
    }
    if (of_vectors.empty()) {
      result.terms.push_back({term.vector, factor});
    } else {
      result.terms.push_back({build_.contract(term.vector, factor, of_vectors), {}});
    }
  }
  return result;
}

}  // namespace tpc::passes
