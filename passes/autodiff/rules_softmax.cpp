#include "passes/autodiff/rules.h"

namespace tpc::passes {

using ir::ValueId;

/// a = softmax(s): the Jacobian is diag(a) - a a^T, so ds = a (da - a . da).
void differentiate_op(const ir::Softmax& op, Place place, Adjoints& adjoints) {
  ir::tp::Builder& builder = adjoints.builder();
  const ValueId mean = builder.contract(place.value, place.adjoint, {op.over});
  adjoints.contribute(op.argument, {builder.sub(place.adjoint, mean), place.value}, adjoints.type(place.value));
}

/// l = log sum_j exp s_j: dl/ds = softmax(s).
void differentiate_op(const ir::LogSumExp& op, Place place, Adjoints& adjoints) {
  const ValueId weights = adjoints.builder().insert(ir::Softmax{op.argument, op.over});
  adjoints.contribute(op.argument, {place.adjoint, weights}, adjoints.type(op.argument));
}

}  // namespace tpc::passes
