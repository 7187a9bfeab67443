#include "runtime/algebra/parallelogram_area.h"

#include <Eigen/Core>
#include <cmath>
#include <limits>

namespace tpc::runtime {
namespace {

/// Below this sine the difference has lost more than six digits.
constexpr double small_sine = 1e-3;
/// Entries that came from decimal numbers, were shifted or scaled, carry a few roundings: angles below that are none.
constexpr double rounding = 16.0 * std::numeric_limits<double>::epsilon();

using Row = Eigen::Array<double, 1, Eigen::Dynamic>;

Row lengths(const double* vectors, std::size_t count, std::size_t inner) {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Matrix> rows(vectors, static_cast<Eigen::Index>(count), static_cast<Eigen::Index>(inner));
  return rows.rowwise().norm().transpose().array();
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
  const auto columns = static_cast<Eigen::Index>(shape.columns);
  const Row left = lengths(x, shape.rows, shape.inner), right = lengths(y, shape.columns, shape.inner);
  const Row inverse = right.inverse();  // of zero vectors nothing below is used
  Row sines(columns);
  for (std::size_t i = 0; i < shape.rows; ++i) {
    const double length = left[static_cast<Eigen::Index>(i)];
    Eigen::Map<Row> areas(out + i * shape.columns, columns);
    areas = Eigen::Map<const Row>(products + i * shape.columns, columns) * inverse / length;
    sines = ((1.0 - areas) * (1.0 + areas)).max(0.0).sqrt();
    areas = length * right * sines;
    for (Eigen::Index j = 0; j < columns; ++j) {
      if (sines[j] >= small_sine) continue;  // not so of nan
      const double size = length * right[j];
      const double* other = y + static_cast<std::size_t>(j) * shape.inner;
      areas[j] = size > 0.0 ? size * sine_of_residual(x + i * shape.inner, other, shape.inner) : 0.0;
    }
  }
}

}  // namespace tpc::runtime
