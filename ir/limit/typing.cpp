#include "ir/core/shared_typing.h"
#include "ir/limit/dialect.h"
#include "ir/limit/ir.h"

namespace tpc::ir::limit {
namespace {

struct Rules : SharedRules<Op> {
  using SharedRules<Op>::SharedRules;
  using SharedRules<Op>::operator();

  Typing operator()(const Unit&) const { return Type{Kind::vector, {}}; }
  Typing operator()(const Condition& op) const { return product(op.matrix, op.argument); }
  Typing operator()(const Accumulated& op) const { return product(op.matrix, op.argument); }
  Typing operator()(const PairProduct& op) const { return outer_product(op.left, op.right, Type{Kind::pair, {}}); }
  Typing operator()(const PairApply& op) const {
    if (type(op.pair).kind != Kind::pair) {
      return Typing::failure("the first operand is " + text(type(op.pair)) + ", not " + kind_text(Kind::pair));
    }
    return matrix_product(op.argument);
  }
  Typing operator()(const Expect& op) const { return inner_product(op.lhs, op.rhs, op.over); }
  Typing operator()(const Area& op) const {
    const Type left = type(op.lhs), right = type(op.rhs), product = type(op.product);
    for (const Type& each : {left, right, product}) {
      if (each.kind != Kind::scalar) return Typing::failure("area takes scalars");
    }
    for (DimId d : op.over) {
      if (!contains_dim(left.dims, d) || !contains_dim(right.dims, d)) {
        return Typing::failure("an operand lacks the summed dimension " + dim(d));
      }
    }
    const Typing result = summed(Kind::scalar, left, right, op.over);
    if (result.type && !same_dims(result.type->dims, product.dims)) {
      return Typing::failure("the product is " + text(product) + ", that of the operands is " + text(*result.type));
    }
    return result.type ? Typing(product) : result;
  }
  Typing operator()(const NormalRule& op) const {
    const auto& size = module_.dim(op.dim).size;
    if (!size || *size < 1 || *size > most_quadrature_nodes) {
      return Typing::failure(dim(op.dim) + " does not have a known size of 1 to " +
                             std::to_string(most_quadrature_nodes) + " nodes");
    }
    return Type{Kind::scalar, {op.dim}};
  }
  Typing operator()(const Append& op) const {
    if (!is_matrix(op.matrix)) return not_a_matrix(op.matrix);
    if (type(op.coefficient) != Type{Kind::scalar, {}}) {
      return Typing::failure("the coefficient is " + text(type(op.coefficient)) + ", not scalar");
    }
    return outer_product(op.left, op.right, Type{});
  }
  Typing operator()(const Combine& op) const {
    for (StateId id : {op.matrix, op.source}) {
      if (!is_matrix(id)) return not_a_matrix(id);
    }
    if (type(op.coefficient) != Type{Kind::scalar, {}}) {
      return Typing::failure("the coefficient is " + text(type(op.coefficient)) + ", not scalar");
    }
    return Type{};
  }

 private:
  [[nodiscard]] bool is_matrix(StateId id) const { return module_.state(id).type.kind == Kind::matrix; }
  [[nodiscard]] Typing not_a_matrix(StateId id) const {
    return Typing::failure("@" + name_text(module_.state(id).name) + " is no Gaussian matrix");
  }
  [[nodiscard]] Typing product(StateId matrix, ValueId argument) const {
    return is_matrix(matrix) ? matrix_product(argument) : not_a_matrix(matrix);
  }
};

}  // namespace

Typing infer_type(const Module& module, const Function& function, const Op& op) {
  std::string problem = dangling_reference(module, op, function.body.size());
  if (!problem.empty()) return Typing::failure(problem);
  return std::visit(Rules(dialect, false, module, function), op);
}

}  // namespace tpc::ir::limit
