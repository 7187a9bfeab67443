/// \file Columns as sums of a few others, or of those few with a coefficient that is not 0.
#pragma once

#include "evaluation/interpreter/array.h"

namespace tpc::evaluation::interpreter {

/// c(i, j) = data[i * row_stride + j * column_stride], i < rows, j < columns.
struct CoefficientMatrix {
  const double* data;
  Index rows, columns;
  Index row_stride, column_stride;
};

/// A sum is kept in registers for so many numbers at a time; shorter columns are matrix products.
inline constexpr Index fewest_combined_rows = 32;
/// Coefficients of one of many products from which on the general matrix product is as fast.
inline constexpr Index most_coefficients_of_batches = 256;

/// Column i of the result = sum_j c(i, j) times column j of `in`, all of `length` >= fewest_combined_rows numbers, one
/// after the other in memory.
void combine(const CoefficientMatrix& coefficients, const double* in, Index length, double* result);
/// The same on several threads, or false and nothing done where too many coefficients are not 0 for it to be faster
/// than a matrix product.
bool combine_if_sparse(const CoefficientMatrix& coefficients, const double* in, Index length, double* result);

}  // namespace tpc::evaluation::interpreter
