#include "runtime/algebra/sparse_combine.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/algebra/vectorised.h"

namespace tpc::runtime {
namespace {

/// Sums for one row and so many points are kept in registers: 256 bytes, as eight vectors.
template <class Real>
constexpr std::size_t lanes = 256 / sizeof(Real);
constexpr std::size_t vectors = 8;
/// Random variables that are read together for all rows: at 256 bytes each they stay in the nearest cache.
constexpr std::size_t columns_at_once = 96;

/// One block of random variables at points that are kept in registers, copied next to each other: where they stand each
/// is on a page of its own, and a processor has few addresses of pages at hand.
template <class Real>
class Block {
 public:
  /// Of `count` random variables those that are used, from this point on.
  const Real* copied(const Real* const* in, const std::uint8_t* used, std::size_t count, std::size_t point) {
    for (std::size_t j = 0; j < count; ++j) {
      if (used[j] != 0) std::memcpy(values_ + j * lanes<Real>, in[j] + point, lanes<Real> * sizeof(Real));
    }
    return values_;
  }

 private:
  alignas(64) Real values_[columns_at_once * lanes<Real>];
};

/// For the block that is copied next, while this one is summed.
template <class Real>
void fetch(const Real* const* in, const std::uint8_t* used, std::size_t count, std::size_t point) {
  constexpr std::size_t line = 64 / sizeof(Real);
  for (std::size_t j = 0; j < count; ++j) {
    for (std::size_t s = 0; s < lanes<Real> && used[j] != 0; s += line) __builtin_prefetch(in[j] + point + s, 0, 2);
  }
}

template <class Real>
struct SparseRow {
  const Real* values;
  const std::uint32_t* places;
  std::size_t count;
};

/// One block of columns in SparseCoefficients.
template <class Real>
struct SparseBlock {
  const Real* values;
  const std::uint32_t* places;
  const std::size_t* ends;  ///< [row_count, block_count]
  std::size_t row_count, block_count, number;
};

template <class Real>
[[gnu::always_inline]] inline void sum_of_row(const SparseRow<Real>& row, const Real* in, Real* out, bool add) {
  using Vector = typename VectorOf<Real>::Type;
  constexpr std::size_t length = sizeof(Vector) / sizeof(Real);
  Vector sums[vectors] = {};
  if (add) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) std::memcpy(&sums[v], out + v * length, sizeof(Vector));
  }
  for (std::size_t k = 0; k < row.count; ++k) {
    const Real* values = in + row.places[k];
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
[[gnu::always_inline]] inline void sums_of_rows(const SparseBlock<Real>& block, const Real* in, Real* out,
                                                std::size_t out_stride, bool add) {
  for (std::size_t i = 0; i < block.row_count; ++i) {
    const std::size_t place = i * block.block_count + block.number;
    const std::size_t first = place == 0 ? 0 : block.ends[place - 1];
    const SparseRow<Real> row{block.values + first, block.places + first, block.ends[place] - first};
    if (row.count > 0 || !add) sum_of_row(row, in, out + i * out_stride, add);
  }
}

TPC_FOR_EACH_PROCESSOR void combine_block(const SparseBlock<double>& block, const double* in, double* out,
                                          std::size_t out_stride, bool add) {
  sums_of_rows(block, in, out, out_stride, add);
}
TPC_FOR_EACH_PROCESSOR void combine_block(const SparseBlock<float>& block, const float* in, float* out,
                                          std::size_t out_stride, bool add) {
  sums_of_rows(block, in, out, out_stride, add);
}

}  // namespace

template <class Real>
bool SparseCoefficients<Real>::assign(double scale, const StridedMatrix& dense, double most) {
  const auto most_kept = static_cast<std::size_t>(most * static_cast<double>(dense.rows * dense.columns));
  // Room for one row more than may be kept: each place is written, and the next one over it if its coefficient is 0.
  // Whether it is cannot be foretold.
  const std::size_t room = most_kept + dense.columns;
  if (values_.size() < room) values_.resize(room);
  if (places_.size() < room) places_.resize(room);
  used_.assign(dense.columns, 0);
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
        places_[kept] = static_cast<std::uint32_t>(j * lanes<Real>);
        kept += is_zero(row[j * dense.column_stride]) ? 0 : 1;
      }
      for (std::size_t k = before; k < kept; ++k) {
        const std::size_t j = places_[k] / lanes<Real>;
        values_[k] = static_cast<Real>(scale * row[j * dense.column_stride]);
        used_[first + j] = 1;
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
  Block<Real> rows;
  for (std::size_t point = begin; point < end; point += lanes<Real>) {
    for (std::size_t block = 0; block < block_count_; ++block) {
      const std::size_t first = block * columns_at_once, next = std::min(in.size(), first + columns_at_once);
      const Real* values = rows.copied(in.data() + first, used_.data() + first, next - first, point);
      fetch(in.data() + next, used_.data() + next, std::min(in.size() - next, columns_at_once), point);
      combine_block({values_.data(), places_.data(), ends_.data(), row_count_, block_count_, block}, values,
                    out + point, out_stride, add || block > 0);
    }
  }
}

template class SparseCoefficients<double>;
template class SparseCoefficients<float>;

}  // namespace tpc::runtime
