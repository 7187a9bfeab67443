/// \file Linear combinations of random variables with few nonzero coefficients: images, one-hot codes, masks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/algebra/row_store.h"

namespace tpc::runtime {

/// c_ij = data[i * row_stride + j * column_stride].
struct StridedMatrix {
  const double* data;
  std::size_t rows, columns;
  std::size_t row_stride, column_stride;
};

/// The share of coefficients up to which a sum over those that are not 0 is faster than the dense product, which does
/// several times as many operations in the same time: it reads each number of `in` for many rows at once. Measured with
/// 784 columns: as fast at 0.3.
inline constexpr double most_dense = 0.25;

/// Coefficients of out_i = sum_j c_ij in_j: only those that are not 0, row by row.
template <class Real>
class SparseCoefficients {
 public:
  /// Coefficient (i, j) = scale * dense_ij. The memory of earlier coefficients is used again. False: a larger share
  /// than `most` is not 0, and these are not kept.
  bool assign(double scale, const StridedMatrix& dense, double most = most_dense);
  /// Rows of `stride` numbers in memory.
  bool assign(double scale, const double* dense, std::size_t rows, std::size_t columns, std::size_t stride) {
    return assign(scale, {dense, rows, columns, stride, 1});
  }

  /// out[i * out_stride + s] for the points s in [begin, end), multiples of 256 bytes apart; added to what is there if
  /// `add`. `in`: as many random variables as there are columns.
  void combine(const std::vector<const Real*>& in, std::size_t begin, std::size_t end, Real* out,
               std::size_t out_stride, bool add) const;

 private:
  std::size_t row_count_ = 0, block_count_ = 0;  ///< the latter of columns
  std::vector<std::size_t> ends_;                ///< of the coefficients of each row in each block of columns
  std::vector<std::uint32_t> places_;            ///< of their columns in a copy of the block
  std::vector<std::uint8_t> used_;               ///< by column: 1 where some coefficient is not 0
  std::vector<Real> values_;
};

/// Where each random variable of the list has its values.
template <class Real>
void list_rows(const RowList<Real>& list, std::vector<const Real*>& rows) {
  rows.clear();
  for (const Rows<Real>& part : list) {
    for (std::size_t i = 0; i < part.count; ++i) rows.push_back(part.data + i * part.stride);
  }
}

extern template class SparseCoefficients<double>;
extern template class SparseCoefficients<float>;

}  // namespace tpc::runtime
