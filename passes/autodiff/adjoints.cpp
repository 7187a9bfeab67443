#include "passes/autodiff/adjoints.h"

#include <utility>

namespace tpc::passes {

using ir::DimId;
using ir::Kind;
using ir::Primitive;
using ir::Type;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

bool is_vector(const Type& type) { return type.kind == Kind::vector; }

}  // namespace

void Adjoints::contribute(ValueId operand, ValueId adjoint) {
  if (!active(operand)) return;
  if (auto list = collected_.find(operand); list != collected_.end()) {
    list->second.push_back({{adjoint, {}}, type(operand)});
    return;
  }
  ValueId& sum = sums_[operand.index];
  sum = sum.valid() ? builder_.add(sum, adjoint) : adjoint;
}

void Adjoints::contribute(ValueId operand, Product product, const Type& space) {
  if (!active(operand) || product.is_zero()) return;
  const Type target = type(operand);
  const bool from_matrix = space.kind == Kind::matrix && target.kind != Kind::matrix;
  if (auto list = collected_.find(operand); list != collected_.end() && target.kind == space.kind) {
    list->second.push_back({product, space});
    return;
  }
  if (!from_matrix) return contribute(operand, summed(product, space, target));
  const ValueId inner = matrix_inner_product(product.left, product.right);
  contribute(operand, summed({inner, {}}, Type{Kind::scalar, space.dims}, target));
}

void Adjoints::contribute_outer(ValueId matrix, ValueId left, ValueId right) {
  const std::vector<DimId> all = ir::union_dims(type(left).dims, type(right).dims);
  if (auto list = collected_.find(matrix); list != collected_.end()) {
    list->second.push_back({{left, right}, Type{Kind::matrix, all}});
    return;
  }
  const std::vector<DimId> stay = ir::union_dims(kept_, type(matrix).dims);
  const std::vector<DimId> kept = ir::without_dims(stay, ir::without_dims(stay, all));
  contribute(matrix, builder_.insert(tp::Outer{left, right, kept}));
}

ValueId Adjoints::summed(Product product, const Type& space, const Type& target) {
  const std::vector<DimId> left = type(product.left).dims;
  const std::vector<DimId> right = product.right.valid() ? type(product.right).dims : std::vector<DimId>{};
  const std::vector<DimId> all = ir::union_dims(left, right);
  const std::vector<DimId> stay = ir::union_dims(target.dims, kept_);
  const std::vector<DimId> over = ir::without_dims(all, stay);
  // The factors commute: take the order that stores the result like the operand, if one does.
  if (product.right.valid() && ir::without_dims(ir::union_dims(right, left), over) == target.dims &&
      ir::without_dims(all, over) != target.dims) {
    std::swap(product.left, product.right);
  }
  const bool over_width = is_vector(space) && target.kind == Kind::scalar;
  ValueId sum = over_width ? sum_over_width(product, over) : sum_over_dims(product, over);
  // What both factors lack is a sum of equal terms.
  for (DimId dim : ir::without_dims(space.dims, ir::union_dims(all, stay))) {
    sum = builder_.mul(builder_.insert(ir::DimSize{dim}), sum);
  }
  return sum;
}

ValueId Adjoints::sum_over_width(Product product, const std::vector<DimId>& over) {
  auto [left, right] = product;
  if (right.valid() && !is_vector(type(left))) std::swap(left, right);
  if (!is_vector(type(left))) {
    const ValueId width = builder_.insert(tp::WidthPower{1});
    return builder_.mul(width, sum_over_dims({left, right}, over));
  }
  if (!right.valid() || is_vector(type(right))) return builder_.insert(tp::Moment{left, right, over});
  const std::vector<DimId> shared = type(right).dims;
  const std::vector<DimId> left_only = ir::without_dims(over, shared);
  const ValueId moment = builder_.insert(tp::Moment{left, {}, left_only});
  return sum_over_dims({moment, right}, ir::without_dims(over, left_only));
}

ValueId Adjoints::sum_over_dims(Product product, const std::vector<DimId>& over) {
  const auto [left, right] = product;
  if (over.empty()) return right.valid() ? builder_.mul(left, right) : left;
  const bool two_vectors = right.valid() && is_vector(type(left)) && is_vector(type(right));
  return two_vectors ? builder_.contract(builder_.mul(left, right), {}, over) : builder_.contract(left, right, over);
}

/// sum_ij A_ij M_ij at every finite index of A and M, for an adjoint A: these are made of outer products only, and
/// <u (x) w, M> = u . M w.
ValueId Adjoints::matrix_inner_product(ValueId adjoint, ValueId matrix) {
  const tp::Op op = builder_.function().at(adjoint).op;
  if (const auto* outer = std::get_if<tp::Outer>(&op)) {
    const ValueId product = builder_.insert(tp::Matmul{matrix, outer->right, false});
    return builder_.insert(tp::Moment{outer->left, product, ir::without_dims(type(outer->left).dims, outer->kept)});
  }
  const auto* map = std::get_if<ir::Map>(&op);
  TPC_CHECK(map != nullptr, "the adjoint of a matrix is not made of outer products");
  std::vector<ValueId> arguments = map->arguments;
  for (ValueId& argument : arguments) {
    if (type(argument).kind == Kind::matrix) argument = matrix_inner_product(argument, matrix);
  }
  return builder_.map(map->primitive, std::move(arguments));
}

}  // namespace tpc::passes
