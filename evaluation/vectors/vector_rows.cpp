#include "evaluation/vectors/vector_rows.h"

#include <algorithm>

namespace tpc::evaluation {
namespace {

/// One more than the last coordinate that is not 0 in some vector, at least 1.
std::int64_t used_dimension(const VectorRows& rows) {
  std::int64_t used = 1;
  std::vector<double> values;
  const std::int64_t most = rows_at_once(rows.dimension);
  for (std::int64_t first = 0; first < rows.size && used < rows.dimension; first += most) {
    const std::int64_t count = std::min(most, rows.size - first);
    values.resize(static_cast<std::size_t>(count * rows.dimension));
    rows.fetch(first, count, values.data());
    for (std::int64_t i = 0; i < count; ++i) {
      const double* row = values.data() + i * rows.dimension;
      std::int64_t last = rows.dimension;
      while (last > used && row[last - 1] == 0.0) --last;
      used = last;
    }
  }
  return std::min(used, rows.dimension);
}

}  // namespace

std::int64_t rows_at_once(std::int64_t dimension) {
  constexpr std::int64_t numbers_at_once = std::int64_t{1} << 18;
  return std::max<std::int64_t>(1, numbers_at_once / std::max<std::int64_t>(1, dimension));
}

VectorRows without_zero_tail(VectorRows rows) {
  const std::int64_t used = used_dimension(rows);
  if (used == rows.dimension) return rows;
  const std::int64_t size = rows.size;
  const auto fetch = [whole = std::move(rows), used](std::int64_t first, std::int64_t count, double* out) {
    std::vector<double> values(static_cast<std::size_t>(count * whole.dimension));
    whole.fetch(first, count, values.data());
    for (std::int64_t i = 0; i < count; ++i) out = std::copy_n(values.data() + i * whole.dimension, used, out);
  };
  return {size, used, fetch};
}

std::vector<double> all_rows(const VectorRows& rows) {
  std::vector<double> values(static_cast<std::size_t>(rows.size * rows.dimension));
  const std::int64_t most = rows_at_once(rows.dimension);
  for (std::int64_t first = 0; first < rows.size; first += most) {
    rows.fetch(first, std::min(most, rows.size - first), values.data() + first * rows.dimension);
  }
  return values;
}

}  // namespace tpc::evaluation
