#include "frontend/sema/term_builder.h"

#include <algorithm>
#include <cmath>

#include "ir/core/primitive_traits.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// How the language writes a primitive in a message.
std::string operator_text(ir::Primitive primitive) {
  switch (ir::form_of(primitive)) {
    case ir::PrimitiveForm::sum: return "+";
    case ir::PrimitiveForm::difference: return "-";
    case ir::PrimitiveForm::product: return "*";
    case ir::PrimitiveForm::quotient: return "/";
    case ir::PrimitiveForm::negation:
    case ir::PrimitiveForm::power:
    case ir::PrimitiveForm::correlation:
    case ir::PrimitiveForm::curve: break;
  }
  return std::string(ir::primitive_name(primitive));
}

}  // namespace

std::string shape_text(const Shape& shape) {
  if (shape.empty()) return "a scalar";
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? ", " : "") + shape[i];
  return text + "]";
}

std::vector<bool> terms_needed_for(const Body& body, TermId root) {
  std::vector<bool> needed(body.terms.size(), false);
  needed[root.index] = true;
  for (size_t i = root.index + 1; i-- > 0;) {
    if (needed[i]) for_each_operand(body.terms[i], [&](TermId operand) { needed[operand.index] = true; });
  }
  return needed;
}

std::optional<double> TermBuilder::number(TermId id) const {
  const auto* number = id.valid() ? std::get_if<NumberTerm>(&body_.at(id).op) : nullptr;
  return number != nullptr ? std::optional<double>(number->value) : std::nullopt;
}

size_t TermBuilder::width_count(const Shape& shape) const {
  return static_cast<size_t>(std::count(shape.begin(), shape.end(), width_));
}

bool TermBuilder::spend(Span span) {
  if (budget_.left == 0) {
    if (!budget_.reported)
      diagnostics_.report(Kind::program_too_large, span, {{"limit", std::to_string(limits::terms)}});
    budget_.reported = true;
    return false;
  }
  --budget_.left;
  return true;
}

TermId TermBuilder::append(Op op, Shape shape, Span span) {
  if (!spend(span)) return {};
  body_.terms.push_back({std::move(op), std::move(shape), {}, span});
  return TermId(body_.terms.size() - 1);
}

bool TermBuilder::refuse_matrix(TermId id, Span span) {
  if (width_count(shape(id)) < 2) return false;
  diagnostics_.report(Kind::matrix_as_value, span, {{"shape", shape_text(shape(id))}, {"width", width_}});
  return true;
}

TermId TermBuilder::pointwise(ir::Primitive primitive, std::vector<TermId> arguments, Span span, int power) {
  bool all_numbers = true;
  Shape common;
  for (TermId argument : arguments) {
    if (!argument.valid() || refuse_matrix(argument, span)) return {};
    all_numbers = all_numbers && number(argument).has_value();
    const Shape& next = shape(argument);
    if (!common.empty() && !next.empty() && next != common) {
      diagnostics_.report(Kind::shape_mismatch, span,
                          {{"operation", operator_text(primitive)},
                           {"left", shape_text(common)},
                           {"right", shape_text(next)},
                           {"rule", "they must be equal, or one of them a scalar"}});
      return {};
    }
    if (common.empty()) common = next;
  }
  if (all_numbers) return fold(primitive, arguments, span, power);
  return append(PointwiseTerm{primitive, std::move(arguments), power}, std::move(common), span);
}

TermId TermBuilder::fold(ir::Primitive primitive, const std::vector<TermId>& arguments, Span span, int power) {
  std::vector<double> values;
  for (TermId argument : arguments) values.push_back(*number(argument));
  double value = ir::evaluate_primitive(primitive, values, power);
  if (!std::isfinite(value)) {
    diagnostics_.report(Kind::constant_not_finite, span);
    return {};
  }
  return constant(value, span);
}

TermId TermBuilder::transpose(TermId operand, Span span) {
  if (!operand.valid()) return {};
  Shape reversed = shape(operand);
  if (reversed.size() != 2) {
    diagnostics_.report(Kind::transpose_shape, span, {{"shape", shape_text(reversed)}});
    return {};
  }
  std::reverse(reversed.begin(), reversed.end());
  return append(TransposeTerm{operand}, std::move(reversed), span);
}

TermId TermBuilder::contract(TermId lhs, TermId rhs, Span span, const std::string& meant) {
  if (!lhs.valid() || !rhs.valid()) return {};
  const Shape& left = shape(lhs);
  const Shape& right = shape(rhs);
  if (left.empty() || right.empty() || left.back() != right.front()) {
    bool scalar = left.empty() || right.empty();
    auto report =
        diagnostics_.report(Kind::shape_mismatch, span,
                            {{"operation", "@"},
                             {"left", shape_text(left)},
                             {"right", shape_text(right)},
                             {"rule", scalar ? "'@' sums over a dimension that both have; '*' multiplies by a scalar"
                                             : "the last dimension on the left must be the first one on the right"}});
    if (!meant.empty()) report.note("did you mean `" + meant + "`?");
    return {};
  }
  Shape result(left.begin(), left.end() - 1);
  result.insert(result.end(), right.begin() + 1, right.end());
  if (width_count(result) > 1) {
    diagnostics_.report(Kind::matrix_product, span,
                        {{"left", shape_text(left)}, {"right", shape_text(right)}, {"width", width_}});
    return {};
  }
  return append(ContractTerm{lhs, rhs}, std::move(result), span);
}

TermId TermBuilder::mean(TermId operand, Span span) {
  if (!operand.valid() || refuse_matrix(operand, span)) return {};
  Shape result = shape(operand);
  if (width_count(result) == 0) {
    diagnostics_.report(Kind::mean_without_width, span, {{"shape", shape_text(result)}, {"width", width_}});
    return {};
  }
  std::erase(result, width_);
  return append(MeanTerm{operand, {}}, std::move(result), span);
}

TermId TermBuilder::dot(TermId lhs, TermId rhs, Span span) {
  if (!lhs.valid() || !rhs.valid()) return {};
  if (shape(lhs) != shape(rhs)) {
    diagnostics_.report(Kind::shape_mismatch, span,
                        {{"operation", "dot"},
                         {"left", shape_text(shape(lhs))},
                         {"right", shape_text(shape(rhs))},
                         {"rule", "they must be equal"}});
    return {};
  }
  TermId result = mean(lhs, span);
  if (result.valid()) std::get<MeanTerm>(body_.terms[result.index].op).rhs = rhs;
  return result;
}

TermId TermBuilder::element(TermId operand, int64_t index, Span span) {
  if (!operand.valid()) return {};
  if (const auto* stack = std::get_if<StackTerm>(&body_.at(operand).op)) {
    return stack->elements[static_cast<size_t>(index - 1)];
  }
  const Shape& whole = shape(operand);
  return append(ElementTerm{operand, index}, Shape(whole.begin() + 1, whole.end()), span);
}

TermId TermBuilder::stack(std::vector<TermId> elements, const std::string& axis, Span span) {
  for (TermId element : elements) {
    if (!element.valid() || refuse_matrix(element, span)) return {};
    if (shape(element) == shape(elements.front())) continue;
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
  return append(StackTerm{std::move(elements)}, std::move(whole), span);
}

TermId TermBuilder::sum(TermId operand, Span span) {
  if (!operand.valid()) return {};
  const Shape& whole = shape(operand);
  if (whole.empty() || whole.front() == width_) {
    diagnostics_.report(Kind::finite_axis_expected, span,
                        {{"function", "sum"}, {"which", "first"}, {"found", shape_text(whole)}});
    return {};
  }
  if (const auto* stack = std::get_if<StackTerm>(&body_.at(operand).op)) {
    const std::vector<TermId> elements = stack->elements;
    TermId total = elements.front();
    for (size_t i = 1; i < elements.size(); ++i) total = pointwise(ir::Primitive::Add, {total, elements[i]}, span);
    return total;
  }
  return append(SumTerm{operand}, Shape(whole.begin() + 1, whole.end()), span);
}

TermId TermBuilder::softmax(TermId operand, Span span) {
  if (!operand.valid()) return {};
  const Shape& whole = shape(operand);
  if (whole.empty() || width_count(whole) > 0) {
    diagnostics_.report(Kind::finite_axis_expected, span,
                        {{"function", "softmax"}, {"which", "only"}, {"found", shape_text(whole)}});
    return {};
  }
  return append(SoftmaxTerm{operand}, whole, span);
}

TermId TermBuilder::copy(const Term& term, const std::vector<TermId>& copies, const std::vector<TermId>& arguments,
                         Span span) {
  auto of = [&](TermId id) { return copies[id.index]; };
  auto all = [&](const std::vector<TermId>& ids) {
    std::vector<TermId> result;
    for (TermId id : ids) result.push_back(of(id));
    return result;
  };
  return std::visit(
      ir::Overloaded{
          [&](const ArgumentTerm& op) { return arguments[op.index]; },
          [&](const PointwiseTerm& op) { return pointwise(op.primitive, all(op.arguments), span, op.power); },
          [&](const TransposeTerm& op) { return transpose(of(op.operand), span); },
          [&](const ContractTerm& op) { return contract(of(op.lhs), of(op.rhs), span); },
          [&](const MeanTerm& op) {
            return op.rhs.valid() ? dot(of(op.lhs), of(op.rhs), span) : mean(of(op.lhs), span);
          },
          [&](const ElementTerm& op) { return element(of(op.operand), op.index, span); },
          [&](const StackTerm& op) { return stack(all(op.elements), term.shape.front(), span); },
          [&](const SumTerm& op) { return sum(of(op.operand), span); },
          [&](const SoftmaxTerm& op) { return softmax(of(op.operand), span); },
          [&](const ir::OneOf<NumberTerm, ParameterTerm> auto& op) { return append(op, term.shape, span); }},
      term.op);
}

TermId TermBuilder::inline_call(const Body& callee, const std::vector<TermId>& arguments, Span span, bool keep_spans) {
  if (!callee.result.valid()) return {};
  for (TermId argument : arguments) {
    if (!argument.valid()) return {};
  }
  std::vector<bool> needed = terms_needed_for(callee, callee.result);
  std::vector<TermId> copies(callee.terms.size());
  for (size_t i = 0; i < callee.terms.size(); ++i) {
    if (!needed[i]) continue;
    const Term& term = callee.terms[i];
    size_t before = body_.terms.size();
    copies[i] = copy(term, copies, arguments, keep_spans ? term.span : span);
    if (!copies[i].valid()) return {};
    if (keep_spans && copies[i].index >= before) body_.terms[copies[i].index].name = term.name;
  }
  return copies[callee.result.index];
}

}  // namespace tpc::sema
