#include "evaluation/vectors/inner_products.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/algebra/gemm.h"

namespace tpc::evaluation {
namespace {

constexpr std::size_t gathered_rows = 256;  // gathered: their coordinates are copied

}  // namespace

template <class T>
void CoordinateProducts<T>::block(std::span<const std::int32_t> rows, std::int64_t first, std::int64_t last,
                                  double* out) const {
  const auto dimension = static_cast<std::size_t>(dimension_), columns = static_cast<std::size_t>(last - first);
  std::vector<T> gathered(std::min(gathered_rows, rows.size()) * dimension);
  std::vector<T> products(std::min(gathered_rows, rows.size()) * columns);
  for (std::size_t begin = 0; begin < rows.size(); begin += gathered_rows) {
    const std::size_t count = std::min(gathered_rows, rows.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      std::copy_n(vectors_ + rows[begin + i] * stride_, dimension, gathered.data() + i * dimension);
    }
    runtime::gemm(runtime::Layout::plain, runtime::Layout::transposed, count, columns, dimension, T{1}, gathered.data(),
                  dimension, vectors_ + first * stride_, static_cast<std::size_t>(stride_), T{0}, products.data(),
                  columns);
    std::copy_n(products.data(), count * columns, out + begin * columns);
  }
}

template <class T>
void CoordinateProducts<T>::among(std::span<const std::int32_t> rows, double* out) const {
  std::vector<T> gathered(rows.size() * static_cast<std::size_t>(dimension_));
  std::vector<std::int32_t> all(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    all[i] = static_cast<std::int32_t>(i);
    std::copy_n(vectors_ + rows[i] * stride_, dimension_, gathered.data() + i * static_cast<std::size_t>(dimension_));
  }
  const auto count = static_cast<std::int64_t>(rows.size());
  CoordinateProducts(gathered.data(), count, dimension_).block(all, 0, count, out);
}

template <class T>
void CoordinateProducts<T>::squared_norms(double* out) const {
  for (std::int64_t i = 0; i < size_; ++i) {
    const T* vector = vectors_ + i * stride_;
    out[i] = std::inner_product(vector, vector + dimension_, vector, 0.0, std::plus<>(),
                                [](T a, T b) { return static_cast<double>(a) * static_cast<double>(b); });
  }
}

std::vector<double> FetchedProducts::gathered(std::span<const std::int32_t> rows) const {
  std::vector<double> values(rows.size() * static_cast<std::size_t>(rows_.dimension));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows_.fetch(rows[i], 1, values.data() + i * static_cast<std::size_t>(rows_.dimension));
  }
  return values;
}

void FetchedProducts::block(std::span<const std::int32_t> rows, std::int64_t first, std::int64_t last,
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
      runtime::gemm(runtime::Layout::plain, runtime::Layout::transposed, count, static_cast<std::size_t>(fetched),
                    dimension, 1.0, own.data(), dimension, others.data(), dimension, 0.0,
                    out + begin * columns + static_cast<std::size_t>(next - first), columns);
    }
  }
}

void FetchedProducts::among(std::span<const std::int32_t> rows, double* out) const {
  const std::vector<double> own = gathered(rows);
  std::vector<std::int32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0);
  const auto count = static_cast<std::int64_t>(rows.size());
  CoordinateProducts<double>(own.data(), count, rows_.dimension).block(all, 0, count, out);
}

void FetchedProducts::squared_norms(double* out) const {
  const std::int64_t most = rows_at_once(rows_.dimension);
  std::vector<double> values(static_cast<std::size_t>(std::min(most, rows_.size) * rows_.dimension));
  for (std::int64_t first = 0; first < rows_.size; first += most) {
    const std::int64_t count = std::min(most, rows_.size - first);
    rows_.fetch(first, count, values.data());
    CoordinateProducts<double>(values.data(), count, rows_.dimension).squared_norms(out + first);
  }
}

template <class T>
void GramProducts<T>::block(std::span<const std::int32_t> rows, std::int64_t first, std::int64_t last,
                            double* out) const {
  for (std::int32_t row : rows) out = std::copy_n(gram_ + row * size_ + first, last - first, out);
}

template <class T>
void GramProducts<T>::among(std::span<const std::int32_t> rows, double* out) const {
  for (std::int32_t row : rows) {
    for (std::int32_t column : rows) *out++ = static_cast<double>(gram_[row * size_ + column]);
  }
}

template <class T>
void GramProducts<T>::squared_norms(double* out) const {
  for (std::int64_t i = 0; i < size_; ++i) out[i] = static_cast<double>(gram_[i * size_ + i]);
}

template class CoordinateProducts<float>;
template class CoordinateProducts<double>;
template class GramProducts<float>;
template class GramProducts<double>;

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
