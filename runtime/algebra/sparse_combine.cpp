#include "runtime/algebra/sparse_combine.h"

#include <algorithm>
#include <bit>
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
/// Random variables that are read together for all rows: at 256 bytes each they stay in the nearest cache.
constexpr std::size_t columns_at_once = 64;

/// One block of random variables at points that are kept in registers: where they stand, or copies of them one after
/// the other. Where they stand each is on a page of its own, and a processor has few addresses of pages at hand.
template <class Real>
class Block {
 public:
  const Real* const* in_place(const Real* const* in, std::size_t count, std::size_t point) {
    for (std::size_t j = 0; j < count; ++j) rows_[j] = in[j] + point;
    return rows_;
  }
  const Real* const* copied(const Real* const* in, std::size_t count, std::size_t point) {
    for (std::size_t j = 0; j < count; ++j) {
      Real* copy = values_ + j * lanes<Real>;
      std::memcpy(copy, in[j] + point, lanes<Real> * sizeof(Real));
      rows_[j] = copy;
    }
    return rows_;
  }

 private:
  alignas(64) Real values_[columns_at_once * lanes<Real>];
  const Real* rows_[columns_at_once];
};

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

/// One block of columns in SparseCoefficients.
template <class Real>
struct SparseBlock {
  const Real* values;
  const std::uint32_t* columns;
  const std::size_t* ends;  ///< [row_count, block_count]
  std::size_t row_count, block_count, number;
};

template <class Real>
[[gnu::always_inline]] inline void sum_of_row(const SparseRow<Real>& row, const Real* const* in, Real* out, bool add) {
  using Vector = typename VectorOf<Real>::Type;
  constexpr std::size_t length = sizeof(Vector) / sizeof(Real);
  Vector sums[vectors] = {};
  if (add) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) std::memcpy(&sums[v], out + v * length, sizeof(Vector));
  }
  for (std::size_t k = 0; k < row.count; ++k) {
    const Real* values = in[row.columns[k]];
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

/// As an integer: a comparison of numbers asks besides whether they have an order.
bool is_zero(double number) { return std::bit_cast<std::uint64_t>(number) << 1 == 0; }

/// out_i for all rows, of one block of columns.
template <class Real>
[[gnu::always_inline]] inline void sums_of_rows(const SparseBlock<Real>& block, const Real* const* in, Real* out,
                                                std::size_t out_stride, bool add) {
  for (std::size_t i = 0; i < block.row_count; ++i) {
    const std::size_t place = i * block.block_count + block.number;
    const std::size_t first = place == 0 ? 0 : block.ends[place - 1];
    const SparseRow<Real> row{block.values + first, block.columns + first, block.ends[place] - first};
    if (row.count > 0 || !add) sum_of_row(row, in, out + i * out_stride, add);
  }
}

TPC_FOR_EACH_PROCESSOR void combine_block(const SparseBlock<double>& block, const double* const* in, double* out,
                                          std::size_t out_stride, bool add) {
  sums_of_rows(block, in, out, out_stride, add);
}
TPC_FOR_EACH_PROCESSOR void combine_block(const SparseBlock<float>& block, const float* const* in, float* out,
                                          std::size_t out_stride, bool add) {
  sums_of_rows(block, in, out, out_stride, add);
}

}  // namespace

template <class Real>
bool SparseCoefficients<Real>::assign(double scale, const StridedMatrix& dense, double most) {
  const auto most_kept = static_cast<std::size_t>(most * static_cast<double>(dense.rows * dense.columns));
  // Room for one row more than may be kept: each column is written, and the next one over it if its coefficient is 0.
  // Whether it is cannot be foretold.
  const std::size_t room = most_kept + dense.columns;
  if (values_.size() < room) values_.resize(room);
  if (columns_.size() < room) columns_.resize(room);
  row_count_ = dense.rows;
  block_count_ = std::max<std::size_t>(1, (dense.columns + columns_at_once - 1) / columns_at_once);
  ends_.clear();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < dense.rows; ++i) {
    for (std::size_t first = 0; first < block_count_ * columns_at_once; first += columns_at_once) {
      const double* row = dense.data + i * dense.row_stride + first * dense.column_stride;
      const std::size_t count = std::min(dense.columns - first, columns_at_once);
      const std::size_t before = kept;
      for (std::size_t j = 0; j < count; ++j) {
        columns_[kept] = static_cast<std::uint32_t>(j);
        kept += is_zero(row[j * dense.column_stride]) ? 0 : 1;
      }
      for (std::size_t k = before; k < kept; ++k) {
        values_[k] = static_cast<Real>(scale * row[columns_[k] * dense.column_stride]);
      }
      ends_.push_back(kept);
    }
    if (kept > most_kept) return false;
  }
  return true;
}

template <class Real>
void SparseCoefficients<Real>::combine(const std::vector<const Real*>& in, std::size_t begin, std::size_t end,
                                       Real* out, std::size_t out_stride, bool add) const {
  if (row_count_ == 0) return;
  const bool read_often = ends_.back() > 2 * in.size();
  Block<Real> rows;
  for (std::size_t point = begin; point < end; point += lanes<Real>) {
    for (std::size_t block = 0; block < block_count_; ++block) {
      const std::size_t first = block * columns_at_once, count = std::min(in.size() - first, columns_at_once);
      const Real* const* block_rows =
          read_often ? rows.copied(in.data() + first, count, point) : rows.in_place(in.data() + first, count, point);
      combine_block({values_.data(), columns_.data(), ends_.data(), row_count_, block_count_, block}, block_rows,
                    out + point, out_stride, add || block > 0);
    }
  }
}

template class SparseCoefficients<double>;
template class SparseCoefficients<float>;

}  // namespace tpc::runtime
