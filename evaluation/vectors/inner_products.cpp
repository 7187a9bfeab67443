#include "evaluation/vectors/inner_products.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/algebra/gemm.h"

namespace tpc::evaluation {
namespace {

constexpr std::size_t gathered_rows = 128;  // gathered: their coordinates are copied

/// out[i * out_stride + j] = <own_i, other_j>.
void products(const std::vector<double>& own, std::size_t count, const double* others, std::size_t other_count,
              std::size_t dimension, double* out, std::size_t out_stride) {
  runtime::gemm(runtime::Layout::plain, runtime::Layout::transposed, count, other_count, dimension, 1.0, own.data(),
                dimension, others, dimension, 0.0, out, out_stride);
}

}  // namespace

std::vector<double> CoordinateProducts::gathered(std::span<const std::int32_t> rows) const {
  std::vector<double> values(rows.size() * static_cast<std::size_t>(rows_.dimension));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows_.fetch(rows[i], 1, values.data() + i * static_cast<std::size_t>(rows_.dimension));
  }
  return values;
}

void CoordinateProducts::block(std::span<const std::int32_t> rows, std::int64_t first, std::int64_t last,
                               double* out) const {
  const auto dimension = static_cast<std::size_t>(rows_.dimension), columns = static_cast<std::size_t>(last - first);
  const std::int64_t most = rows_at_once(rows_.dimension);
  std::vector<double> others(static_cast<std::size_t>(std::min(most, last - first)) * dimension);
  for (std::size_t begin = 0; begin < rows.size(); begin += gathered_rows) {
    const std::size_t count = std::min(gathered_rows, rows.size() - begin);
    const std::vector<double> own = gathered(rows.subspan(begin, count));
    for (std::int64_t next = first; next < last; next += most) {
      const std::int64_t fetched = std::min(most, last - next);
      rows_.fetch(next, fetched, others.data());
      products(own, count, others.data(), static_cast<std::size_t>(fetched), dimension,
               out + begin * columns + static_cast<std::size_t>(next - first), columns);
    }
  }
}

void CoordinateProducts::among(std::span<const std::int32_t> rows, double* out) const {
  const std::size_t count = rows.size();
  for (std::size_t i = 0; i < count; i += gathered_rows) {
    const std::vector<double> own = gathered(rows.subspan(i, std::min(gathered_rows, count - i)));
    for (std::size_t j = 0; j < count; j += gathered_rows) {
      const std::vector<double> others = gathered(rows.subspan(j, std::min(gathered_rows, count - j)));
      products(own, std::min(gathered_rows, count - i), others.data(), std::min(gathered_rows, count - j),
               static_cast<std::size_t>(rows_.dimension), out + i * count + j, count);
    }
  }
}

void CoordinateProducts::squared_norms(double* out) const {
  const auto dimension = static_cast<std::size_t>(rows_.dimension);
  const std::int64_t most = rows_at_once(rows_.dimension);
  std::vector<double> values(static_cast<std::size_t>(std::min(most, rows_.size)) * dimension);
  for (std::int64_t first = 0; first < rows_.size; first += most) {
    const std::int64_t count = std::min(most, rows_.size - first);
    rows_.fetch(first, count, values.data());
    for (const double* vector = values.data(); vector != values.data() + static_cast<std::size_t>(count) * dimension;
         vector += dimension) {
      *out++ = std::inner_product(vector, vector + dimension, vector, 0.0);
    }
  }
}

void GramProducts::block(std::span<const std::int32_t> rows, std::int64_t first, std::int64_t last, double* out) const {
  for (std::int32_t row : rows) out = std::copy_n(gram_ + row * size_ + first, last - first, out);
}

void GramProducts::among(std::span<const std::int32_t> rows, double* out) const {
  for (std::int32_t row : rows) {
    for (std::int32_t column : rows) *out++ = gram_[row * size_ + column];
  }
}

void GramProducts::squared_norms(double* out) const {
  for (std::int64_t i = 0; i < size_; ++i) out[i] = gram_[i * size_ + i];
}

Cosines::Cosines(const InnerProducts& products, std::int64_t top)
    : products_(products), inverse_norms_(static_cast<std::size_t>(products.size())) {
  products.squared_norms(inverse_norms_.data());
  if (top > 0 && top < products.size()) inverse_norms_.resize(static_cast<std::size_t>(top));
  for (double& norm : inverse_norms_) norm = norm > 0.0 ? 1.0 / std::sqrt(norm) : 0.0;
}

void Cosines::block(std::span<const std::int32_t> rows, std::int64_t first, std::int64_t last, double* out) const {
  products_.block(rows, first, last, out);
  const auto columns = static_cast<std::size_t>(last - first);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double scale = inverse_norm(rows[i]);
    const double* other = inverse_norms_.data() + first;
    for (std::size_t j = 0; j < columns; ++j) out[i * columns + j] *= scale * other[j];
  }
}

void Cosines::among(std::span<const std::int32_t> rows, double* out) const {
  products_.among(rows, out);
  for (std::int32_t row : rows) {
    for (std::int32_t column : rows) *out++ *= inverse_norm(row) * inverse_norm(column);
  }
}

}  // namespace tpc::evaluation
