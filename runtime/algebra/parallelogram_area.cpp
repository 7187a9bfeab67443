#include "runtime/algebra/parallelogram_area.h"

#include <cmath>
#include <limits>
#include <vector>

namespace tpc::runtime {
namespace {

/// Below this sine the difference has lost more than six digits.
constexpr double small_sine = 1e-3;
/// Entries that came from decimal numbers, were shifted or scaled, carry a few roundings: angles below that are none.
constexpr double rounding = 16.0 * std::numeric_limits<double>::epsilon();

std::vector<double> lengths(const double* vectors, std::size_t count, std::size_t inner) {
  std::vector<double> result(count, 0.0);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < inner; ++k) result[i] += vectors[i * inner + k] * vectors[i * inner + k];
    result[i] = std::sqrt(result[i]);
  }
  return result;
}

/// |y - x (x.y) / |x|^2| / |y| of vectors that are not 0; the sums in one order, so that equal vectors leave exactly 0.
double sine_of_residual(const double* x, const double* y, std::size_t inner) {
  double xx = 0.0, xy = 0.0, yy = 0.0, residual = 0.0;
  for (std::size_t k = 0; k < inner; ++k) xx += x[k] * x[k], xy += x[k] * y[k], yy += y[k] * y[k];
  for (std::size_t k = 0; k < inner; ++k) {
    const double rest = y[k] - xy / xx * x[k];
    residual += rest * rest;
  }
  const double sine = std::sqrt(residual / yy);
  return sine <= rounding ? 0.0 : sine;
}

}  // namespace

void parallelogram_areas(const PairShape& shape, const double* x, const double* y, const double* products,
                         double* out) {
  const std::vector<double> left = lengths(x, shape.rows, shape.inner), right = lengths(y, shape.columns, shape.inner);
  for (std::size_t i = 0; i < shape.rows; ++i) {
    double* row = out + i * shape.columns;
    for (std::size_t j = 0; j < shape.columns; ++j) {
      const double size = left[i] * right[j], ratio = products[i * shape.columns + j] / size;
      row[j] = size * std::sqrt(std::fmax(0.0, (1.0 - ratio) * (1.0 + ratio)));
    }
    for (std::size_t j = 0; j < shape.columns; ++j) {
      const double size = left[i] * right[j];
      if (row[j] >= small_sine * size && size > 0.0) continue;
      row[j] = size > 0.0 ? size * sine_of_residual(x + i * shape.inner, y + j * shape.inner, shape.inner) : 0.0;
    }
  }
}

}  // namespace tpc::runtime
