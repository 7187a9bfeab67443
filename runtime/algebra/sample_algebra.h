/// \file Dense products between random variables, in parallel over blocks of samples with a fixed order of summation.
#pragma once

#include <cstddef>

#include "runtime/algebra/row_store.h"
#include "runtime/algebra/sample_space.h"
#include "runtime/algebra/sparse_combine.h"
#include "runtime/support/aligned_buffer.h"

namespace tpc::runtime {

/// One replica's; keeps its working memory between calls.
template <class Real>
class SampleAlgebra {
 public:
  explicit SampleAlgebra(const SampleSpace& space) : space_(space) {}
  [[nodiscard]] const SampleSpace& space() const { return space_; }

  /// out[i * out_stride + j] = E[lhs_i rhs_j].
  void inner(const Rows<Real>& lhs, const RowList<Real>& rhs, double* out, std::size_t out_stride);
  /// out_i = E[rows_i^2].
  void squared_norms(const Rows<Real>& rows, double* out);
  /// out_i = scale * sum_j coefficients_ij in_j, added to what is there if `add`. Few coefficients that are not 0 cost
  /// as many operations as they are.
  void combine(double scale, const StridedMatrix& coefficients, const RowList<Real>& in, Real* out,
               std::size_t out_stride, bool add);
  /// Coefficient (i, j) at i * coefficient_stride + j.
  void combine(double scale, const double* coefficients, std::size_t coefficient_stride, const RowList<Real>& in,
               Real* out, std::size_t out_rows, std::size_t out_stride, bool add) {
    combine(scale, {coefficients, out_rows, row_count(in), coefficient_stride, 1}, in, out, out_stride, add);
  }

 private:
  const SampleSpace& space_;
  AlignedBuffer<Real> partials_;
  AlignedBuffer<Real> weighted_;
  AlignedBuffer<Real> coefficients_;
  AlignedBuffer<double> sums_;
  SparseCoefficients<Real> nonzeros_;
  std::vector<const Real*> in_rows_;
};

extern template class SampleAlgebra<double>;
extern template class SampleAlgebra<float>;

}  // namespace tpc::runtime
