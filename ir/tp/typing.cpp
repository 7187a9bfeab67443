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
    if (type(op.matrix) != Type{Kind::matrix, {}}) {
      return Typing::failure("the first operand is " + text(type(op.matrix)) + ", not a matrix");
    }
    return matrix_product(op.argument);
  }
  Typing operator()(const Moment& op) const { return inner_product(op.lhs, op.rhs, op.over); }
  Typing operator()(const Outer& op) const { return outer_product(op.left, op.right, Type{Kind::matrix, {}}); }
};

}  // namespace

Typing infer_type(const Module& module, const Function& function, const Op& op) {
  std::string problem = dangling_reference(module, op, function.body.size());
  if (!problem.empty()) return Typing::failure(problem);
  return std::visit(Rules(dialect, true, module, function), op);
}

}  // namespace tpc::ir::tp
