/// \file A network whose weights take steps of gradient descent on every task's support rows before they meet its query
/// rows: what the tests of inner gradients and of the contractions they lead to are built on.
#pragma once

#include <string>
#include <vector>

#include "evaluation/interpreter/interpreter.h"
#include "ir/tp/ir.h"

namespace tpc::testing {

struct AdaptedNetwork {
  int hidden_layers = 1;
  ir::Primitive activation = ir::Primitive::Tanh;  ///< Neg: a linear network
  int steps = 1;
  int order = 2;
  bool learned_rate = false;  ///< the inner rate is the state `rate`, else the number `inner_rate`
};
inline constexpr double inner_rate = 0.03;
inline constexpr int64_t task_count = 3;
inline constexpr int64_t adapted_width = 4;

/// Function `loss`: the mean over the tasks of the loss of the query rows after the steps; result "adapted_b" besides:
/// the bias of every task. Dimensions B = ? (tasks), S = 3, Q = 2 (rows), d = 2, k = 2; states U : vector[d], b, W, V :
/// vector[k], rate; fields xs, ys, xq, yq.
ir::tp::Module adapted_module(const AdaptedNetwork& network);

/// The same network without adaptation: function `loss` is the mean loss of the support rows ("support"), or of the
/// query rows.
ir::tp::Module plain_module(const AdaptedNetwork& network, bool support);

/// Data for all tasks, or for one of them.
evaluation::Batch task_batch(uint64_t seed);
evaluation::Batch task_of(const evaluation::Batch& batch, int64_t task);

}  // namespace tpc::testing
