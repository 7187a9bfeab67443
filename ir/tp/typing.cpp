#include "ir/core/shared_typing.h"
#include "ir/tp/dialect.h"
#include "ir/tp/ir.h"

namespace tpc::ir::tp {
namespace {

struct Rules : SharedRules<Op> {
  using SharedRules<Op>::SharedRules;
  using SharedRules<Op>::operator();

  Typing operator()(const WidthPower&) const { return Type{Kind::scalar, {}}; }
  Typing operator()(const Matmul& op) const {
    if (type(op.matrix).kind != Kind::matrix) {
      return Typing::failure("the first operand is " + text(type(op.matrix)) + ", not a matrix");
    }
    Typing product = matrix_product(op.argument);
    if (product.type) product.type->dims = union_dims(product.type->dims, type(op.matrix).dims);
    return product;
  }
  Typing operator()(const Moment& op) const { return inner_product(op.lhs, op.rhs, op.over); }
  Typing operator()(const Outer& op) const {
    if (has_repeated_dim(op.kept)) return Typing::failure("a dimension is kept twice");
    for (DimId d : op.kept) {
      if (contains_dim(type(op.left).dims, d) || contains_dim(type(op.right).dims, d)) continue;
      return Typing::failure("neither left nor right has the kept dimension " + dim(d));
    }
    return outer_product(op.left, op.right, Type{Kind::matrix, op.kept}, op.kept);
  }
  Typing operator()(const Gradient& op) const {
    if (type(op.of).kind != Kind::scalar) return Typing::failure("a gradient is of scalars");
    return Type{type(op.wrt).kind, union_dims(type(op.of).dims, type(op.wrt).dims)};
  }
  Typing operator()(const StopGradient& op) const { return type(op.argument); }
};

}  // namespace

Typing infer_type(const Module& module, const Function& function, const Op& op) {
  std::string problem = dangling_reference(module, op, function.body.size());
  if (!problem.empty()) return Typing::failure(problem);
  return std::visit(Rules(dialect, true, module, function), op);
}

}  // namespace tpc::ir::tp
