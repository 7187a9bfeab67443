/// \file Weights inside of a program that takes gradient steps on them: which values of a function are a state moved
/// along gradients, and along which.
#pragma once

#include <optional>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes::kernel {

/// w' = w + rate n^exponent dloss/dw, at the weight w before the move.
struct WeightMove {
  ir::ValueId loss;
  bool stopped = false;  ///< the gradient counts as a constant (StopGradient): order 1
  double rate = 0.0;
  ir::Rational exponent;
};

/// A state after moves, in their order: the loss of each is one of the weight as the moves before left it.
struct MovedWeight {
  ir::StateId state;
  std::vector<WeightMove> moves;
};

/// By ValueId of the function; empty: the value is no such weight.
std::vector<std::optional<MovedWeight>> moved_weights(const ir::tp::Function& function);

}  // namespace tpc::passes::kernel
