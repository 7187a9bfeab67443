/// \file Softmax, the logarithm of its denominator, and rows of an identity matrix.
#pragma once

#include "evaluation/interpreter/array.h"
#include "ir/core/shared_ops.h"

namespace tpc::evaluation::interpreter {

/// ir::Softmax: the argument's dims.
Array softmax(const Array& argument, DimId over, const Sizes& sizes);
/// ir::LogSumExp: the argument's dims without `over`.
Array log_sum_exp(const Array& argument, DimId over, const Sizes& sizes);
/// ir::OneHot; an index outside 0..size-1 is an internal error (data are checked where they are read).
Array one_hot(const Array& indices, DimId dim, const Sizes& sizes);

}  // namespace tpc::evaluation::interpreter
