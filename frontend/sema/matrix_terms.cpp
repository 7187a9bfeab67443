// Sums, multiples, products and transposes of [n, n] matrices, as linear maps: (A + B) @ z is A @ z + B @ z, (A @ B) @
// z is A @ (B @ z), (A @ B).T is B.T @ A.T. No program forms such a matrix, at no width, so gradients and limits are
// those of its uses.
#include "base/diag/check.h"
#include "frontend/sema/term_builder.h"
#include "ir/core/primitive_traits.h"

namespace tpc::sema {

using diag::Kind;

namespace {

/// Counts how deep matrices stand in each other while one is taken apart.
class Deeper {
 public:
  explicit Deeper(size_t& depth) : depth_(depth) { ++depth_; }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  size_t& depth_;
};

}  // namespace

bool TermBuilder::is_composed(TermId id) const {
  const auto& op = body_.at(id).op;
  return is_matrix(id) && (std::holds_alternative<PointwiseTerm>(op) || std::holds_alternative<ContractTerm>(op));
}

/// Sums of matrices of one shape, and multiples by a scalar.
TermId TermBuilder::combine_matrices(ir::Primitive primitive, const std::vector<TermId>& arguments, Span span) {
  const TermId first = arguments.front(), second = arguments.back();
  bool allowed = false;
  switch (ir::form_of(primitive)) {
    case ir::PrimitiveForm::sum:
    case ir::PrimitiveForm::difference: allowed = is_matrix(first) && is_matrix(second); break;
    case ir::PrimitiveForm::negation: allowed = true; break;
    case ir::PrimitiveForm::product: allowed = shape(first).empty() || shape(second).empty(); break;
    case ir::PrimitiveForm::quotient: allowed = shape(second).empty(); break;
    case ir::PrimitiveForm::power:
    case ir::PrimitiveForm::correlation:
    case ir::PrimitiveForm::curve: break;
  }
  const TermId matrix = is_matrix(first) ? first : second;
  if (!allowed) {
    refuse_matrix(matrix, span);
    return {};
  }
  return append(PointwiseTerm{primitive, arguments}, shape(matrix), span);
}

template <class Part>
TermId TermBuilder::map_matrices(const PointwiseTerm& op, const Part& part, Span span) {
  std::vector<TermId> arguments;
  for (TermId argument : op.arguments) {
    arguments.push_back(is_matrix(argument) ? part(argument) : argument);
    if (!arguments.back().valid()) return {};
  }
  return pointwise(op.primitive, std::move(arguments), span);
}

TermId TermBuilder::transpose_matrix(TermId matrix, Span span) {
  const Deeper deeper(matrix_depth_);
  if (!within_depth(span)) return {};
  const auto op = body_.at(matrix).op;
  if (const auto* sum = std::get_if<PointwiseTerm>(&op)) {
    return map_matrices(*sum, [&](TermId part) { return transpose(part, span); }, span);
  }
  if (const auto* product = std::get_if<ContractTerm>(&op)) {
    const TermId left = transpose(product->rhs, span), right = transpose(product->lhs, span);
    return contract(left, right, span);
  }
  if (const auto* transposed = std::get_if<TransposeTerm>(&op)) return transposed->operand;
  return append(TransposeTerm{matrix}, shape(matrix), span);
}

TermId TermBuilder::apply(TermId matrix, TermId value, bool reversed, Span span) {
  const Deeper deeper(matrix_depth_);
  if (!within_depth(span)) return {};
  auto product = [&](TermId part, TermId with) {
    return reversed ? contract(with, part, span) : contract(part, with, span);
  };
  const auto op = body_.at(matrix).op;
  if (const auto* sum = std::get_if<PointwiseTerm>(&op)) {
    return map_matrices(*sum, [&](TermId part) { return product(part, value); }, span);
  }
  const auto* factors = std::get_if<ContractTerm>(&op);
  TPC_CHECK(factors != nullptr, "a matrix that is not composed");
  const TermId nearer = reversed ? factors->lhs : factors->rhs, farther = reversed ? factors->rhs : factors->lhs;
  return product(farther, product(nearer, value));
}

bool TermBuilder::within_depth(Span span) {
  if (matrix_depth_ <= limits::matrix_depth) return true;
  diagnostics_.report(Kind::matrices_nested_too_deeply, span, {{"limit", std::to_string(limits::matrix_depth)}});
  return false;
}

}  // namespace tpc::sema
