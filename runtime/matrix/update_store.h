/// \file The accumulated updates of a matrix: sum_i left_i (x) right_i, applied to x as sum_i E[right_i x] left_i.
///
/// Two panels of rows while there are few terms; one dense M x M matrix from M / 2 terms on, where applying it
/// (2 M^2 flops a vector) costs less than applying the panels (4 M terms). math.md section 6.
#pragma once

#include <cstddef>

#include "runtime/algebra/row_store.h"
#include "runtime/algebra/sample_algebra.h"

namespace tpc::runtime {

template <class Real>
class UpdateStore {
 public:
  /// `dense_from`: number of terms at which the dense matrix is used; 0: M / 2.
  explicit UpdateStore(const SampleSpace& space, std::size_t dense_from = 0);

  /// y = (committed updates) x, or their transpose applied to x.
  void apply(bool transposed, const Real* x, std::size_t rows, Real* y, SampleAlgebra<Real>& algebra);
  /// Terms coefficient * left_i (x) right_i, which count after commit(). Throws TP_NOT_FINITE, std::bad_alloc.
  void append(double coefficient, const Real* left, const Real* right, std::size_t rows);
  /// Everything in commit() that can fail.
  void prepare_commit();
  void commit();
  void discard_pending();

  [[nodiscard]] std::size_t terms() const { return terms_; }
  [[nodiscard]] bool is_dense() const { return is_dense_; }
  /// For files. Panels have terms() committed rows unless dense; dense: [M, M], left index first.
  [[nodiscard]] RowStore<Real>& left() { return left_; }
  [[nodiscard]] RowStore<Real>& right() { return right_; }
  [[nodiscard]] Real* dense() { return dense_.data(); }
  [[nodiscard]] const RowStore<Real>& left() const { return left_; }
  [[nodiscard]] const RowStore<Real>& right() const { return right_; }
  [[nodiscard]] const Real* dense() const { return dense_.data(); }
  void restore(std::size_t terms, bool is_dense);

 private:
  void apply_dense(bool transposed, const Real* x, std::size_t rows, Real* y);
  void fold_into_dense();

  const SampleSpace& space_;
  std::size_t dense_from_;
  std::size_t terms_ = 0;      ///< committed
  std::size_t in_panels_ = 0;  ///< committed terms that are still rows; pending ones follow
  bool is_dense_ = false;
  bool becomes_dense_ = false;
  RowStore<Real> left_, right_;
  AlignedBuffer<Real> dense_;
  std::vector<double> overlap_;
  RowList<Real> left_rows_, right_rows_;
};

extern template class UpdateStore<double>;
extern template class UpdateStore<float>;

}  // namespace tpc::runtime
