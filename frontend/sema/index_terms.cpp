// Values by index: rows of tables, and lists of indices of which some may be absent. The places of a list are a
// dimension of their own (FiniteDim::list), so a shape says where that matters: every sum over it is over the places
// present.
#include <algorithm>

#include "base/diag/check.h"
#include "frontend/sema/term_builder.h"
#include "ir/core/primitive_traits.h"

namespace tpc::sema {

using diag::Kind;

bool TermBuilder::check_indices(const Term& term) {
  const auto* gather = std::get_if<GatherTerm>(&term.op);
  const auto* loss = std::get_if<LossTerm>(&term.op);
  bool valid = true;
  for_each_operand(term, [&](TermId operand) {
    const Term& used = body_.at(operand);
    const bool as_index = (gather != nullptr && operand == gather->index) ||
                          (loss != nullptr && operand == loss->target && loss->class_index) ||
                          std::holds_alternative<PresenceTerm>(term.op);
    if (used.space.empty() || as_index || !valid) return;
    diagnostics_.report(Kind::index_as_number, term.span, {{"space", used.space}});
    valid = false;
  });
  return valid;
}

bool TermBuilder::refuse_list(const Shape& shape, const std::string& what, Span span) {
  const auto list = std::ranges::find_if(shape, [&](const std::string& axis) { return is_list(axis); });
  if (list == shape.end()) return false;
  diagnostics_.report(Kind::list_not_whole, span, {{"what", what}, {"list", *list}});
  return true;
}

TermId TermBuilder::gather(TermId operand, TermId index, Span span, size_t axis) {
  if (!operand.valid() || !index.valid()) return {};
  const std::string space = body_.at(index).space;
  Shape result = shape(operand);
  if (result[axis] != space) {
    diagnostics_.report(Kind::index_of_other_space, span, {{"space", space}, {"found", result[axis]}});
    return {};
  }
  const Shape places = shape(index);
  const auto at = result.erase(result.begin() + static_cast<std::ptrdiff_t>(axis));
  result.insert(at, places.begin(), places.end());
  if (result.size() > limits::axes) {
    diagnostics_.report(Kind::too_many_axes, span,
                        {{"count", std::to_string(result.size())}, {"limit", std::to_string(limits::axes)}});
    return {};
  }
  if (const auto value = equal_numbers(operand)) {
    return *value == 0.0 ? constant(0.0, span, std::move(result)) : refuse_equal_numbers(operand, "an index", span);
  }
  return append(GatherTerm{operand, index, axis}, std::move(result), span);
}

TermId TermBuilder::presence(const std::string& list, Span span) {
  if (const PartialAxis* partial = partial_axis(list)) return partial->presence;
  const auto argument = lists_.find(list);
  TPC_CHECK(argument != lists_.end(), "the places of a list that is no argument");
  return append(PresenceTerm{argument->second}, {list}, span);
}

bool TermBuilder::is_zero_where_absent(TermId id, size_t axis) const {  // NOLINT(misc-no-recursion)
  const Term& term = body_.at(id);
  if (std::holds_alternative<PresenceTerm>(term.op)) return true;
  if (partial_axis(term.shape[axis]) != nullptr) {
    if (is_presence(id) || std::holds_alternative<SoftmaxTerm>(term.op)) return true;
  }
  if (const auto* gather = std::get_if<GatherTerm>(&term.op)) {
    return axis == gather->axis && !shape(gather->index).empty();
  }
  if (const auto* transpose = std::get_if<TransposeTerm>(&term.op)) {
    return is_zero_where_absent(transpose->operand, 1 - axis);
  }
  if (const auto* product = std::get_if<ContractTerm>(&term.op)) {
    const size_t of_lhs = shape(product->lhs).size() - 1;
    return axis < of_lhs ? is_zero_where_absent(product->lhs, axis)
                         : is_zero_where_absent(product->rhs, axis - of_lhs + 1);
  }
  const auto* pointwise = std::get_if<PointwiseTerm>(&term.op);
  if (pointwise == nullptr || ir::form_of(pointwise->primitive) != ir::PrimitiveForm::product) return false;
  return std::ranges::any_of(pointwise->arguments, [&](TermId factor) {
    return shape(factor).size() == term.shape.size() && is_zero_where_absent(factor, axis);
  });
}

bool TermBuilder::weigh_by_presence(TermId& lhs, TermId& rhs, Span span) {
  const std::string of_lhs = shape(lhs).back(), of_rhs = shape(rhs).front();
  const std::string list = is_list(of_lhs) ? of_lhs : of_rhs;
  if (!is_list(list)) return true;
  if (is_zero_where_absent(lhs, shape(lhs).size() - 1) || is_zero_where_absent(rhs, 0)) return true;
  if (shape(lhs).size() > 1 && shape(rhs).size() > 1) {
    diagnostics_.report(Kind::list_product, span, {{"list", list}});
    return false;
  }
  TermId& factor = shape(lhs).size() == 1 ? lhs : rhs;
  factor = pointwise(ir::Primitive::Mul, {factor, presence(list, span)}, span);
  return factor.valid();
}

TermId TermBuilder::average(TermId operand, Span span) {
  if (!operand.valid()) return {};
  const Shape whole = shape(operand);
  if (whole.empty() || grows(whole.front())) {
    diagnostics_.report(Kind::finite_axis_expected, span,
                        {{"function", "average"}, {"which", "first"}, {"found", shape_text(whole)}});
    return {};
  }
  const TermId total = sum(operand, span);
  if (!is_list(whole.front())) {
    const TermId size = constant(static_cast<double>(size_of(whole.front())), span);
    return pointwise(ir::Primitive::Div, {total, size}, span);
  }
  // max(1, count) = 1 + relu(count - 1)
  const TermId one = constant(1.0, span);
  const TermId others = pointwise(ir::Primitive::Sub, {sum(presence(whole.front(), span), span), one}, span);
  const TermId count = pointwise(ir::Primitive::Add, {one, pointwise(ir::Primitive::Relu, {others}, span)}, span);
  return pointwise(ir::Primitive::Div, {total, count}, span);
}

}  // namespace tpc::sema
