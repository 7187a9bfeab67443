/// \file Softmax, the logarithm of its denominator, and rows of an identity matrix.
#pragma once

#include "evaluation/interpreter/array.h"
#include "ir/core/shared_ops.h"

namespace tpc::evaluation::interpreter {

/// An array of numbers along one of its dimensions, `over`.
class AlongDimension {
 public:
  AlongDimension(const Shape& argument, DimId over, const Sizes& sizes);
  /// ir::Softmax: the argument's dims.
  void softmax(const double* argument, double* result, Buffer& scratch) const;
  /// ir::LogSumExp: the argument's dims without `over`.
  void log_sum_exp(const double* argument, double* result, Buffer& scratch) const;

 private:
  Index length_, count_;
  Arrangement to_last_, back_;  ///< with `over` fastest
};

/// ir::OneHot; an index outside 0..size-1 is an internal error (data are checked where they are read).
void one_hot(const double* indices, Index count, Index size, double* result);

}  // namespace tpc::evaluation::interpreter
