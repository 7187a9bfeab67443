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
  Typing operator()(const Gather& op) const {
    const Type& table = type(op.table);
    if (!is_array(table)) return Typing::failure("the table is " + text(table) + ", not a scalar or a vector");
    if (!contains_dim(table.dims, op.dim)) return Typing::failure("the table has no dimension " + dim(op.dim));
    const std::string problem = index_problem(op.index, op.dim);
    if (!problem.empty()) return Typing::failure(problem);
    return Type{table.kind, union_dims(type(op.index).dims, without_dims(table.dims, {op.dim}))};
  }
  Typing operator()(const Scatter& op) const {
    const std::string problem = rows_problem(op.value, op.index, op.dim);
    if (!problem.empty()) return Typing::failure(problem);
    Typing rest = summed(type(op.value).kind, type(op.index), type(op.value), op.over);
    if (rest.type) rest.type->dims.insert(rest.type->dims.begin(), op.dim);
    return rest;
  }
  Typing operator()(const Present& op) const { return marks(op.index); }
  Typing operator()(const FirstOccurrence& op) const {
    for (ValueId other : op.earlier) {
      if (type(other).kind != Kind::scalar) return Typing::failure("indices are scalars");
    }
    return marks(op.index);
  }
  Typing operator()(const AddRows& op) const {
    const Type& state = module_.state(op.state).type;
    const std::string problem = rows_problem(op.value, op.index, op.dim);
    if (!problem.empty()) return Typing::failure(problem);
    const std::vector<DimId> others = without_dims(state.dims, {op.dim});
    const bool fits = contains_dim(state.dims, op.dim) && type(op.value).kind == state.kind &&
                      without_dims(others, type(op.value).dims).empty();
    if (fits) return Type{};
    return Typing::failure(text(type(op.value)) + " is no row along " + dim(op.dim) + " of @" +
                           name_text(module_.state(op.state).name) + " : " + text(state));
  }

 private:
  /// Empty: these are indices, which do not have `along` themselves.
  [[nodiscard]] std::string index_problem(ValueId index, DimId along) const {
    if (type(index).kind != Kind::scalar) return "indices are scalars, not " + text(type(index));
    return contains_dim(type(index).dims, along) ? "the index has the dimension " + dim(along) + " itself" : "";
  }
  [[nodiscard]] std::string rows_problem(ValueId value, ValueId index, DimId along) const {
    if (!is_array(type(value))) return "the value is " + text(type(value)) + ", not a scalar or a vector";
    if (contains_dim(type(value).dims, along)) return "the value has the dimension " + dim(along) + " already";
    return index_problem(index, along);
  }
  [[nodiscard]] Typing marks(ValueId index) const {
    if (type(index).kind != Kind::scalar) return Typing::failure("indices are scalars");
    return type(index);
  }
};

}  // namespace

Typing infer_type(const Module& module, const Function& function, const Op& op) {
  std::string problem = dangling_reference(module, op, function.body.size());
  if (!problem.empty()) return Typing::failure(problem);
  return std::visit(Rules(dialect, true, module, function), op);
}

}  // namespace tpc::ir::tp
