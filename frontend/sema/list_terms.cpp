// Lists: elements and ranges of them, stacks, sums, softmax, lists one behind the other.
#include <algorithm>

#include "frontend/sema/term_builder.h"

namespace tpc::sema {

using diag::Kind;

TermId TermBuilder::element(TermId operand, int64_t index, Span span, size_t axis) {
  if (!operand.valid()) return {};
  Shape rest = shape(operand);
  if (refuse_list({rest[axis]}, "an element by its number", span)) return {};
  const std::string first = rest.front();
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(axis));
  if (const auto value = equal_numbers(operand)) return constant(*value, span, std::move(rest));
  if (const auto* list = std::get_if<StackTerm>(&body_.at(operand).op)) {
    std::vector<TermId> elements = list->elements;
    if (axis == 0) return elements[static_cast<size_t>(index - 1)];
    for (TermId& each : elements) each = element(each, index, span, axis - 1);
    return stack(std::move(elements), first, span);
  }
  return append(ElementTerm{operand, index, axis}, std::move(rest), span);
}

TermId TermBuilder::pad(TermId operand, int64_t before, int64_t after, size_t axis, Span span) {
  if (!operand.valid() || (before == 0 && after == 0)) return operand;
  Shape longer = shape(operand);
  if (grows(longer[axis])) {
    diagnostics_.report(Kind::finite_axis_expected, span,
                        {{"function", "pad"}, {"which", axis == 0 ? "first" : "given"}, {"found", shape_text(longer)}});
    return {};
  }
  if (refuse_list({longer[axis]}, "`pad`", span)) return {};
  const int64_t size = before + size_of(longer[axis]) + after;
  longer[axis] = std::to_string(size);
  if (size > limits::columns) {
    diagnostics_.report(Kind::shape_too_large, span, {{"limit", std::to_string(limits::columns)}});
    return {};
  }
  if (equal_numbers(operand) == 0.0) return constant(0.0, span, std::move(longer));
  if (equal_numbers(operand)) return refuse_equal_numbers(operand, "pad", span);
  return append(PadTerm{operand, before, after, axis}, std::move(longer), span);
}

std::optional<int64_t> TermBuilder::length(TermId operand, const std::string& function, Span span) {
  if (!operand.valid()) return std::nullopt;
  const Shape& whole = shape(operand);
  if (whole.empty() || grows(whole.front())) {
    diagnostics_.report(Kind::finite_axis_expected, span,
                        {{"function", function}, {"which", "first"}, {"found", shape_text(whole)}});
    return std::nullopt;
  }
  if (refuse_list({whole.front()}, "`" + function + "`", span)) return std::nullopt;
  return size_of(whole.front());
}

TermId TermBuilder::stack(std::vector<TermId> elements, const std::string& axis, Span span) {
  bool all_zero = true;
  for (TermId element : elements) {
    if (!element.valid() || refuse_matrix(element, span)) return {};
    const bool equal = equal_numbers(element).has_value() && !shape(element).empty();
    if (equal && equal_numbers(element) != 0.0) return refuse_equal_numbers(element, "a list", span);
    all_zero = all_zero && equal;
    if (fit(shape(element), shape(elements.front()))) continue;
    diagnostics_.report(Kind::list_shapes, span,
                        {{"first", shape_text(shape(elements.front()))}, {"other", shape_text(shape(element))}});
    return {};
  }
  Shape whole = shape(elements.front());
  whole.insert(whole.begin(), axis);
  if (whole.size() > limits::axes) {
    diagnostics_.report(Kind::too_many_axes, span,
                        {{"count", std::to_string(whole.size())}, {"limit", std::to_string(limits::axes)}});
    return {};
  }
  if (all_zero) return constant(0.0, span, std::move(whole));
  return append(StackTerm{std::move(elements)}, std::move(whole), span);
}

TermId TermBuilder::sum(TermId operand, Span span) {
  if (!operand.valid()) return {};
  const Shape& whole = shape(operand);
  if (whole.empty() || grows(whole.front())) {
    diagnostics_.report(Kind::finite_axis_expected, span,
                        {{"function", "sum"}, {"which", "first"}, {"found", shape_text(whole)}});
    return {};
  }
  if (is_list(whole.front())) {
    const bool weighed = is_zero_where_absent(operand, 0);
    if (!weighed) return contract(presence(whole.front(), span), operand, span);
    return append(SumTerm{operand}, Shape(whole.begin() + 1, whole.end()), span);
  }
  if (const auto* stack = std::get_if<StackTerm>(&body_.at(operand).op)) {
    const std::vector<TermId> elements = stack->elements;
    TermId total = elements.front();
    for (size_t i = 1; i < elements.size(); ++i) total = pointwise(ir::Primitive::Add, {total, elements[i]}, span);
    return total;
  }
  if (const auto value = equal_numbers(operand)) {
    return constant(*value * static_cast<double>(size_of(whole.front())), span, Shape(whole.begin() + 1, whole.end()));
  }
  return append(SumTerm{operand}, Shape(whole.begin() + 1, whole.end()), span);
}

TermId TermBuilder::softmax(TermId operand, Span span) {
  if (!operand.valid()) return {};
  const Shape whole = shape(operand);
  if (whole.empty() || width_count(whole) > 0) {
    diagnostics_.report(Kind::finite_axis_expected, span,
                        {{"function", "softmax"}, {"which", "only"}, {"found", shape_text(whole)}});
    return {};
  }
  const bool partial = whole.size() == 1 && partial_axis(whole.front()) != nullptr;
  if (partial) operand = without_absent_places(operand, span);
  if (!operand.valid() || (!partial && refuse_list(whole, "`softmax`", span))) return {};
  if (equal_numbers(operand)) return constant(1.0 / static_cast<double>(size_of(whole.back())), span, whole);
  return append(SoftmaxTerm{operand}, whole, span);
}

TermId TermBuilder::concat(const std::vector<TermId>& parts, Span span) {
  int64_t count = 0;
  for (TermId part : parts) {
    if (!part.valid()) return {};
    const Shape& whole = shape(part);
    if (!whole.empty() && grows(whole.front())) {
      diagnostics_
          .report(Kind::finite_axis_expected, span,
                  {{"function", "concat"}, {"which", "first"}, {"found", shape_text(whole)}})
          .note("of two vectors of the width a weight takes the parts one by one: `W1 @ a + W2 @ b`");
      return {};
    }
    count += whole.empty() ? 1 : size_of(whole.front());
  }
  if (count > limits::concat) {
    diagnostics_.report(Kind::concat_too_long, span,
                        {{"limit", std::to_string(limits::concat)}, {"found", std::to_string(count)}});
    return {};
  }
  std::vector<TermId> elements;
  for (TermId part : parts) {
    const int64_t size = shape(part).empty() ? 1 : size_of(shape(part).front());
    for (int64_t i = 1; i <= size; ++i) {
      elements.push_back(shape(part).empty() ? part : element(part, i, span));
    }
  }
  return stack(std::move(elements), std::to_string(count), span);
}

}  // namespace tpc::sema
