#include "passes/autodiff/reverse.h"
#include "passes/autodiff/rules.h"

namespace tpc::passes {

using ir::DimId;
using ir::Kind;
using ir::Type;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// Both reductions, y = sum lhs * rhs (finite dimensions, or those and the width): the sum's adjoint is broadcasting.
void differentiate_sum(ValueId lhs, ValueId rhs, Place place, Adjoints& adjoints) {
  Type space = adjoints.type(lhs);
  if (rhs.valid()) {
    space.dims = ir::union_dims(space.dims, adjoints.type(rhs).dims);
    if (adjoints.type(rhs).kind == Kind::vector) space.kind = Kind::vector;
    adjoints.contribute(rhs, {lhs, place.adjoint}, space);
  }
  adjoints.contribute(lhs, {place.adjoint, rhs}, space);
}

}  // namespace

void differentiate_op(const ir::Contract& op, Place place, Adjoints& adjoints) {
  differentiate_sum(op.lhs, op.rhs, place, adjoints);
}

void differentiate_op(const tp::Moment& op, Place place, Adjoints& adjoints) {
  differentiate_sum(op.lhs, op.rhs, place, adjoints);
}

void differentiate_op(const ir::Relabel& op, Place place, Adjoints& adjoints) {
  const bool varies = ir::contains_dim(adjoints.type(place.adjoint).dims, op.to);
  adjoints.contribute(op.argument,
                      varies ? adjoints.builder().insert(ir::Relabel{place.adjoint, op.to, op.from}) : place.adjoint);
}

/// g = W x: dx = W^T dg, dW = sum_i dg_i (x) x_i; where dg is the same along an index, that sum is dg (x) sum_i x_i.
/// Where each index has its own W, x may be the same for several of them: then dx is summed.
void differentiate_op(const tp::Matmul& op, Place place, Adjoints& adjoints) {
  tp::Builder& builder = adjoints.builder();
  ValueId dg = place.adjoint;
  if (adjoints.type(dg).kind != Kind::vector) dg = broadcast_adjoint(builder, dg, place.value);
  if (adjoints.active(op.argument)) {
    const ValueId dx = builder.insert(tp::Matmul{op.matrix, dg, !op.transposed});
    if (adjoints.type(op.matrix).dims.empty()) {
      adjoints.contribute(op.argument, dx);
    } else {
      adjoints.contribute(op.argument, {dx, {}}, adjoints.type(place.value));
    }
  }
  if (adjoints.active(op.matrix)) {
    ValueId x = op.argument;
    const std::vector<DimId> apart = ir::union_dims(adjoints.kept(), adjoints.type(op.matrix).dims);
    const std::vector<DimId> stay = ir::union_dims(adjoints.type(dg).dims, apart);
    const std::vector<DimId> constant = ir::without_dims(adjoints.type(x).dims, stay);
    if (!constant.empty()) x = builder.contract(x, {}, constant);
    adjoints.contribute_outer(op.matrix, op.transposed ? x : dg, op.transposed ? dg : x);
  }
}

/// M = sum_i u_i (x) w_i: du_i = dM w_i, dw_i = dM^T u_i, summed over the kept indices that the factor lacks.
void differentiate_op(const tp::Outer& op, Place place, Adjoints& adjoints) {
  tp::Builder& builder = adjoints.builder();
  const auto contribute = [&](ValueId factor, ValueId other, bool transposed) {
    if (!adjoints.active(factor)) return;
    const ValueId product = builder.insert(tp::Matmul{place.adjoint, other, transposed});
    if (op.kept.empty()) return adjoints.contribute(factor, product);
    const Type space{Kind::vector, ir::union_dims(adjoints.type(op.left).dims, adjoints.type(op.right).dims)};
    adjoints.contribute(factor, {product, {}}, space);
  };
  contribute(op.left, op.right, false);
  contribute(op.right, op.left, true);
}

/// y_i = T_{index_i}: dT_j is the sum of dy_i over all i with index_i = j.
void differentiate_op(const ir::Gather& op, Place place, Adjoints& adjoints) {
  const std::vector<DimId> all = ir::union_dims(adjoints.type(op.index).dims, adjoints.type(place.adjoint).dims);
  const std::vector<DimId> stay = ir::union_dims(adjoints.type(op.table).dims, adjoints.kept());
  adjoints.contribute(
      op.table, adjoints.builder().insert(ir::Scatter{place.adjoint, op.index, op.dim, ir::without_dims(all, stay)}));
}

/// y_j = sum of v_i over all i with index_i = j: dv_i = dy_{index_i}, summed over what v lacks. Where dy is the same
/// for every j, dv is it wherever an index is present.
void differentiate_op(const ir::Scatter& op, Place place, Adjoints& adjoints) {
  tp::Builder& builder = adjoints.builder();
  const Type space{adjoints.type(op.value).kind,
                   ir::union_dims(adjoints.type(op.index).dims, adjoints.type(op.value).dims)};
  if (ir::contains_dim(adjoints.type(place.adjoint).dims, op.dim)) {
    adjoints.contribute(op.value, {builder.insert(ir::Gather{place.adjoint, op.index, op.dim}), {}}, space);
  } else {
    adjoints.contribute(op.value, {place.adjoint, builder.insert(ir::Present{op.index})}, space);
  }
}

}  // namespace tpc::passes
