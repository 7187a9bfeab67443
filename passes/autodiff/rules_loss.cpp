#include "passes/autodiff/rules.h"

namespace tpc::passes {

using ir::LossKind;
using ir::Type;
using ir::ValueId;

void differentiate_op(const ir::Loss& op, Place place, Adjoints& adjoints) {
  const Type space = adjoints.type(op.output);
  ir::tp::Builder& builder = adjoints.builder();
  const bool target_moves = adjoints.active(op.target);
  TPC_CHECK(!target_moves || op.loss == LossKind::mse, "the target of a cross entropy does not depend on parameters");
  if (!adjoints.active(op.output) && !target_moves) return;
  const ValueId gradient = builder.insert(ir::LossGradient{op.loss, op.output, op.target, op.over});
  if (adjoints.active(op.output)) adjoints.contribute(op.output, {place.adjoint, gradient}, space);
  // 1/2 (f - y)^2 is the same function of y up to sign.
  if (target_moves) adjoints.contribute(op.target, {builder.neg(place.adjoint), gradient}, space);
}

/// mse: f - y is linear. Cross entropy: g = s p - y with p = softmax(f), s = sum_o y_o, so with q = s p = g + y the
/// symmetric Jacobian is s (diag(p) - p p^T), and df = q dg - q (q . dg) / s.
void differentiate_op(const ir::LossGradient& op, Place place, Adjoints& adjoints) {
  ir::tp::Builder& builder = adjoints.builder();
  const Type space = adjoints.type(place.value);
  if (op.loss == LossKind::mse) {
    adjoints.contribute(op.output, {place.adjoint, {}}, space);
    if (adjoints.active(op.target)) adjoints.contribute(op.target, {builder.neg(place.adjoint), {}}, space);
    return;
  }
  TPC_CHECK(!adjoints.active(op.target), "the target of a cross entropy does not depend on parameters");
  const ValueId q = builder.add(place.value, op.target);
  const ValueId total = builder.contract(op.target, {}, {op.over});
  const ValueId mean = builder.div(builder.contract(q, place.adjoint, {op.over}), total);
  adjoints.contribute(op.output, {builder.sub(place.adjoint, mean), q}, space);
}

/// a = softmax(s): the Jacobian is diag(a) - a a^T, so ds = a (da - a . da).
void differentiate_op(const ir::Softmax& op, Place place, Adjoints& adjoints) {
  ir::tp::Builder& builder = adjoints.builder();
  const ValueId mean = builder.contract(place.value, place.adjoint, {op.over});
  adjoints.contribute(op.argument, {builder.sub(place.adjoint, mean), place.value}, adjoints.type(place.value));
}

}  // namespace tpc::passes
