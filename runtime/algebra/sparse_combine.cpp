#include "runtime/algebra/sparse_combine.h"

#include <cstring>

// Compiled for several processors, the best of which is chosen when the library is loaded; elsewhere for the baseline.
#if defined(__x86_64__) && defined(__gnu_linux__)
#define TPC_FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TPC_FOR_EACH_PROCESSOR
#endif

namespace tpc::runtime {
namespace {

/// Sums for one row and so many points are kept in registers: 256 bytes, as eight vectors.
template <class Real>
constexpr std::size_t lanes = 256 / sizeof(Real);
constexpr std::size_t vectors = 8;
template <class Real>
struct VectorOf;
template <>
struct VectorOf<double> {
  using Type [[gnu::vector_size(32)]] = double;
};
template <>
struct VectorOf<float> {
  using Type [[gnu::vector_size(32)]] = float;
};

template <class Real>
struct SparseRow {
  const Real* values;
  const std::uint32_t* columns;
  std::size_t count;
};

template <class Real>
[[gnu::always_inline]] inline void sum_of_row(const SparseRow<Real>& row, const Real* const* in, std::size_t first,
                                              Real* out, bool add) {
  using Vector = typename VectorOf<Real>::Type;
  constexpr std::size_t length = sizeof(Vector) / sizeof(Real);
  Vector sums[vectors] = {};
  if (add) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) std::memcpy(&sums[v], out + v * length, sizeof(Vector));
  }
  for (std::size_t k = 0; k < row.count; ++k) {
    const Real* values = in[row.columns[k]] + first;
    const Real coefficient = row.values[k];
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) {
      Vector loaded;
      std::memcpy(&loaded, values + v * length, sizeof(Vector));
      sums[v] += coefficient * loaded;
    }
  }
#pragma GCC unroll 8
  for (std::size_t v = 0; v < vectors; ++v) std::memcpy(out + v * length, &sums[v], sizeof(Vector));
}

TPC_FOR_EACH_PROCESSOR void row_sum(const SparseRow<double>& row, const double* const* in, std::size_t first,
                                    double* out, bool add) {
  sum_of_row(row, in, first, out, add);
}
TPC_FOR_EACH_PROCESSOR void row_sum(const SparseRow<float>& row, const float* const* in, std::size_t first, float* out,
                                    bool add) {
  sum_of_row(row, in, first, out, add);
}

}  // namespace

template <class Real>
bool SparseCoefficients<Real>::assign(double scale, const StridedMatrix& dense, double most) {
  const auto most_kept = static_cast<std::size_t>(most * static_cast<double>(dense.rows * dense.columns));
  // Room for one row more than may be kept: each coefficient is written, and the next one over it if it is 0. Whether
  // it is cannot be foretold.
  const std::size_t room = most_kept + dense.columns;
  if (values_.size() < room) values_.resize(room);
  if (columns_.size() < room) columns_.resize(room);
  ends_.clear();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < dense.rows; ++i) {
    const double* row = dense.data + i * dense.row_stride;
    for (std::size_t j = 0; j < dense.columns; ++j) {
      const double coefficient = row[j * dense.column_stride];
      columns_[kept] = static_cast<std::uint32_t>(j);
      values_[kept] = static_cast<Real>(scale * coefficient);
      kept += coefficient == 0.0 ? 0 : 1;
    }
    if (kept > most_kept) return false;
    ends_.push_back(kept);
  }
  return true;
}

template <class Real>
void SparseCoefficients<Real>::combine(const std::vector<const Real*>& in, std::size_t begin, std::size_t end,
                                       Real* out, std::size_t out_stride, bool add) const {
  for (std::size_t point = begin; point < end; point += lanes<Real>) {
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      const std::size_t first = i == 0 ? 0 : ends_[i - 1];
      const SparseRow<Real> row{values_.data() + first, columns_.data() + first, ends_[i] - first};
      row_sum(row, in.data(), point, out + i * out_stride + point, add);
    }
  }
}

template class SparseCoefficients<double>;
template class SparseCoefficients<float>;

}  // namespace tpc::runtime
