/// \file The areas that pairs of vectors span: how far from parallel they are.
#pragma once

#include <cstddef>

namespace tpc::runtime {

struct PairShape {
  std::size_t rows, columns, inner;
};

/// out[i, j] = sqrt(|x_i|^2 |y_j|^2 - products_{i,j}^2) for x [rows, inner], y [columns, inner] and products = x y^T.
/// Where the difference cancels, the area is |x_i| times the length of y_j's part orthogonal to x_i: its error relative
/// to |x_i| |y_j| is that of the entries. Directions that differ by less than rounding are parallel.
void parallelogram_areas(const PairShape& shape, const double* x, const double* y, const double* products, double* out);

}  // namespace tpc::runtime
