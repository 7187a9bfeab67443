/// \file The Limit IR of a deep muP network with plain SGD, written by hand after math.md 5a.
#pragma once

#include <string>

#include "ir/limit/ir.h"

namespace tpc::test {

struct NetworkShape {
  int64_t inputs = 3, outputs = 2;
  int hidden_layers = 2;                             ///< the first one input-like, then n x n matrices
  ir::Primitive nonlinearity = ir::Primitive::Tanh;  ///< Tanh or Relu
  double learning_rate = 0.5;
  bool linear = false;  ///< no nonlinearity at all
};

/// Functions step (result loss) and predict (result f); fields x [B, inputs] and y [B, outputs]; states U, W2.., V.
ir::limit::Module network(const NetworkShape& shape);

}  // namespace tpc::test
