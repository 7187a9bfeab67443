#include "frontend/sema/term_builder.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "frontend/sema/constants.h"
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

std::vector<bool> terms_needed_for(const Body& body, TermId root, TermId given) {
  std::vector<bool> needed(body.terms.size(), false);
  needed[root.index] = true;
  for (size_t i = root.index + 1; i-- > 0;) {
    if (needed[i] && TermId(i) != given)
      for_each_operand(body.terms[i], [&](TermId operand) { needed[operand.index] = true; });
  }
  return needed;
}

std::optional<double> TermBuilder::number(TermId id) const {
  return id.valid() && shape(id).empty() ? equal_numbers(id) : std::nullopt;
}

std::optional<double> TermBuilder::equal_numbers(TermId id) const {
  const auto* number = id.valid() ? std::get_if<NumberTerm>(&body_.at(id).op) : nullptr;
  return number != nullptr ? std::optional<double>(number->value) : std::nullopt;
}

int64_t TermBuilder::size_of(const std::string& axis) const {
  if (const PartialAxis* partial = partial_axis(axis)) return loop(partial->loop).size;
  for (const FiniteDim& dim : program_.dims) {
    if (dim.name == axis) return dim.size;
  }
  return read_integer(axis).value_or(0);
}

bool TermBuilder::is_list(const std::string& axis) const {
  if (partial_axis(axis) != nullptr) return true;
  const auto dim = std::ranges::find(program_.dims, axis, &FiniteDim::name);
  return dim != program_.dims.end() && dim->list;
}

/// The common shape of two that fit, with the names of the file where one has them, and lists before all others: what
/// is absent in one factor is so in the result.
Shape TermBuilder::merged(Shape a, const Shape& b) const {
  if (a.empty()) return b;
  for (size_t i = 0; i < b.size(); ++i) {
    if (read_integer(a[i]) || is_list(b[i])) a[i] = b[i];
  }
  return a;
}

bool TermBuilder::same_axis(const std::string& a, const std::string& b) const {
  if (a == b) return true;
  if (grows(a) || grows(b)) return false;
  const bool written = read_integer(a).has_value() || read_integer(b).has_value();
  return (written || is_list(a) != is_list(b)) && size_of(a) == size_of(b);
}

bool TermBuilder::fit(const Shape& a, const Shape& b) const {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](const std::string& x, const std::string& y) { return same_axis(x, y); });
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
  Term term{std::move(op), std::move(shape), {}, {}, span};
  if (!check_indices(term) || !settle_rows(term)) return {};
  settle_loops(term);
  if (const auto loop = bound_it_needs(term)) {
    repeat(*loop);
    return {};
  }
  body_.terms.push_back(std::move(term));
  return TermId(body_.terms.size() - 1);
}

bool TermBuilder::settle_rows(Term& term) {
  if (std::holds_alternative<RowMeanTerm>(term.op) || std::holds_alternative<AdaptedTerm>(term.op)) return true;
  bool mixed = false;
  for_each_operand(term, [&](TermId operand) {
    const std::string& rows = body_.at(operand).rows;
    if (rows.empty() || rows == term.rows) return;
    if (!mixed && !term.rows.empty()) {
      diagnostics_.report(Kind::mixed_groups, term.span, {{"first", term.rows}, {"second", rows}});
    }
    mixed = mixed || !term.rows.empty();
    term.rows = rows;
  });
  return !mixed;
}

TermId TermBuilder::parameter(size_t index, Shape shape, Span span) {
  const auto adapted = adapted_.find(index);
  return adapted != adapted_.end() ? adapted->second : append(ParameterTerm{index}, std::move(shape), span);
}

TermId TermBuilder::argument(size_t index, Shape shape, Span span, const std::string& rows, const std::string& space) {
  const TermId result = append(ArgumentTerm{index}, std::move(shape), span);
  if (!result.valid()) return {};
  Term& term = body_.terms[result.index];
  term.rows = rows, term.space = space;
  if (!space.empty() && !term.shape.empty()) lists_[term.shape.front()] = result;
  return result;
}

TermId TermBuilder::loss(LossTerm term, Span span) {
  if (refuse_list(shape(term.output), "a loss", span)) return {};
  const std::string& space = body_.at(term.target).space;
  const Shape& scores = shape(term.output);
  if (term.class_index && !space.empty() && (scores.empty() || scores.front() != space)) {
    diagnostics_.report(Kind::index_of_other_space, span, {{"space", space}, {"found", shape_text(scores)}});
    return {};
  }
  return row_mean(append(term, {}, span), span);
}

TermId TermBuilder::row_mean(TermId operand, Span span) {
  if (!operand.valid() || body_.at(operand).rows.empty()) return operand;
  Shape same = shape(operand);
  return append(RowMeanTerm{operand}, std::move(same), span);
}

TermId TermBuilder::adapted(const AdaptedTerm& term, Span span) {
  Shape same = shape(term.before);
  return append(term, std::move(same), span);
}

bool TermBuilder::refuse_matrix(TermId id, Span span) {
  if (width_count(shape(id)) < 2) return false;
  diagnostics_.report(Kind::matrix_as_value, span, {{"shape", shape_text(shape(id))}, {"width", program_.width}});
  return true;
}

TermId TermBuilder::pointwise(ir::Primitive primitive, std::vector<TermId> arguments, Span span, int power) {
  bool equal = true;        // all are known numbers
  bool some_equal = false;  // one is a vector of them
  Shape common;
  for (TermId argument : arguments) {
    if (!argument.valid()) return {};
    const Shape& next = shape(argument);
    equal = equal && equal_numbers(argument).has_value();
    some_equal = some_equal || (equal_numbers(argument).has_value() && !next.empty());
    if (!common.empty() && !next.empty() && !fit(next, common)) {
      const bool matrix = width_count(common) > 1 || width_count(next) > 1;
      if (matrix && next.size() != common.size()) return combine_matrices(primitive, arguments, span);
      diagnostics_.report(Kind::shape_mismatch, span,
                          {{"operation", operator_text(primitive)},
                           {"left", shape_text(common)},
                           {"right", shape_text(next)},
                           {"rule", "they must be equal, or one of them a scalar"}});
      return {};
    }
    common = merged(std::move(common), next);
  }
  if (width_count(common) > 1) return combine_matrices(primitive, arguments, span);
  if (equal) return fold(primitive, arguments, std::move(common), span, power);
  if (some_equal) return with_equal_numbers(primitive, arguments, std::move(common), span, power);
  return append(PointwiseTerm{primitive, std::move(arguments), power}, std::move(common), span);
}

TermId TermBuilder::fold(ir::Primitive primitive, const std::vector<TermId>& arguments, Shape shape, Span span,
                         int power) {
  std::vector<double> values;
  for (TermId argument : arguments) values.push_back(*equal_numbers(argument));
  double value = ir::evaluate_primitive(primitive, values, power);
  if (!std::isfinite(value)) {
    diagnostics_.report(Kind::constant_not_finite, span);
    return {};
  }
  return constant(value, span, std::move(shape));
}

TermId TermBuilder::with_equal_numbers(ir::Primitive primitive, const std::vector<TermId>& arguments, Shape shape,
                                       Span span, int power) {
  const bool first = equal_numbers(arguments.front()).has_value();
  const TermId given = arguments[first ? 0 : 1], other = arguments[first ? 1 : 0];
  const bool covered = !this->shape(other).empty();  // the other one has all dimensions of the result
  if (equal_numbers(given) == 0.0) {
    switch (ir::form_of(primitive)) {
      case ir::PrimitiveForm::sum:
        if (covered) return other;
        break;
      case ir::PrimitiveForm::difference:
        if (covered) return first ? pointwise(ir::Primitive::Neg, {other}, span) : other;
        break;
      case ir::PrimitiveForm::product: return constant(0.0, span, std::move(shape));
      case ir::PrimitiveForm::quotient:
        if (first) return constant(0.0, span, std::move(shape));
        break;
      case ir::PrimitiveForm::negation:
      case ir::PrimitiveForm::power:
      case ir::PrimitiveForm::correlation:
      case ir::PrimitiveForm::curve: break;
    }
  }
  if (!covered) return refuse_equal_numbers(given, operator_text(primitive), span);
  return append(PointwiseTerm{primitive, arguments, power}, std::move(shape), span);
}

TermId TermBuilder::refuse_equal_numbers(TermId id, const std::string& operation, Span span) {
  diagnostics_.report(Kind::constant_vector, span,
                      {{"found", "a value " + shape_text(shape(id))},
                       {"operation", operation},
                       {"width", program_.width},
                       {"value", fmt::format("{}", *equal_numbers(id))}});
  return {};
}

TermId TermBuilder::transpose(TermId operand, Span span) {
  if (!operand.valid()) return {};
  Shape reversed = shape(operand);
  if (reversed.size() != 2) {
    diagnostics_.report(Kind::transpose_shape, span, {{"shape", shape_text(reversed)}});
    return {};
  }
  std::reverse(reversed.begin(), reversed.end());
  if (const auto value = equal_numbers(operand)) return constant(*value, span, std::move(reversed));
  if (is_matrix(operand)) return transpose_matrix(operand, span);
  return append(TransposeTerm{operand}, std::move(reversed), span);
}

TermId TermBuilder::contract(TermId lhs, TermId rhs, Span span, const diag::Suggestion& meant) {
  if (!lhs.valid() || !rhs.valid()) return {};
  const Shape& left = shape(lhs);
  const Shape& right = shape(rhs);
  if (left.empty() || right.empty() || !same_axis(left.back(), right.front())) {
    bool scalar = left.empty() || right.empty();
    auto report =
        diagnostics_.report(Kind::shape_mismatch, span,
                            {{"operation", "@"},
                             {"left", shape_text(left)},
                             {"right", shape_text(right)},
                             {"rule", scalar ? "'@' sums over a dimension that both have; '*' multiplies by a scalar"
                                             : "the last dimension on the left must be the first one on the right"}});
    if (!meant.text.empty()) report.did_you_mean(meant);
    return {};
  }
  Shape result(left.begin(), left.end() - 1);
  result.insert(result.end(), right.begin() + 1, right.end());
  for (TermId factor : {lhs, rhs}) {
    if (!equal_numbers(factor)) continue;
    const bool vanishes = equal_numbers(factor) == 0.0 && width_count(result) < 2;
    return vanishes ? constant(0.0, span, std::move(result)) : refuse_equal_numbers(factor, "@", span);
  }
  if (!weigh_by_presence(lhs, rhs, span)) return {};
  if (width_count(result) < 2) {
    if (is_composed(lhs)) return apply(lhs, rhs, false, span);
    if (is_composed(rhs)) return apply(rhs, lhs, true, span);
  }
  return append(ContractTerm{lhs, rhs}, std::move(result), span);
}

TermId TermBuilder::mean(TermId operand, Span span) {
  if (!operand.valid() || refuse_matrix(operand, span)) return {};
  Shape result = shape(operand);
  if (width_count(result) == 0) {
    diagnostics_.report(Kind::mean_without_width, span, {{"shape", shape_text(result)}, {"width", program_.width}});
    return {};
  }
  std::erase_if(result, [&](const std::string& axis) { return grows(axis); });
  if (const auto value = equal_numbers(operand)) return constant(*value, span, std::move(result));
  // Of all pairs of iterations only the mean is made, not the product.
  const auto* pairs = std::get_if<PointwiseTerm>(&body_.at(operand).op);
  if (pairs != nullptr && ir::form_of(pairs->primitive) == ir::PrimitiveForm::product) {
    const TermId lhs = pairs->arguments[0], rhs = pairs->arguments[1];
    const size_t loops = body_.at(operand).loops.size();
    const bool larger = loops > body_.at(lhs).loops.size() && loops > body_.at(rhs).loops.size();
    if (larger && shape(lhs) == shape(rhs)) return append(MeanTerm{lhs, rhs}, std::move(result), span);
  }
  return append(MeanTerm{operand, {}}, std::move(result), span);
}

TermId TermBuilder::dot(TermId lhs, TermId rhs, Span span) {
  if (!lhs.valid() || !rhs.valid()) return {};
  if (!fit(shape(lhs), shape(rhs))) {
    diagnostics_.report(Kind::shape_mismatch, span,
                        {{"operation", "dot"},
                         {"left", shape_text(shape(lhs))},
                         {"right", shape_text(shape(rhs))},
                         {"rule", "they must be equal"}});
    return {};
  }
  if (equal_numbers(lhs) || equal_numbers(rhs)) return mean(pointwise(ir::Primitive::Mul, {lhs, rhs}, span), span);
  TermId result = mean(lhs, span);
  if (result.valid()) std::get<MeanTerm>(body_.terms[result.index].op).rhs = rhs;
  return result;
}

}  // namespace tpc::sema
