/// \file Losses per example, their gradients, softmax, and one-hot targets.
#pragma once

#include "evaluation/interpreter/array.h"
#include "ir/core/shared_ops.h"

namespace tpc::ir::tp::interpreter {

/// ir::Loss: output and target over the same dimensions, in any order.
Array loss(LossKind kind, const Array& output, const Array& target, DimId over, const Sizes& sizes);
/// ir::LossGradient: the output's dims.
Array loss_gradient(LossKind kind, const Array& output, const Array& target, DimId over, const Sizes& sizes);
/// ir::Softmax: the argument's dims.
Array softmax(const Array& argument, DimId over, const Sizes& sizes);
/// ir::OneHot; an index outside 0..size-1 is an internal error (data are checked where they are read).
Array one_hot(const Array& indices, DimId dim, const Sizes& sizes);

}  // namespace tpc::ir::tp::interpreter
