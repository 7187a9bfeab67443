/// \file The accumulated updates of a matrix: sum_i c_i left_i (x) right_i, applied to x as sum_i c_i E[right_i x]
/// left_i.
///
/// Matrices whose updates are linear combinations of each other's (a weight and its momentum) are members of one store:
/// one list of terms, one column of coefficients c a member. A step maps all columns by one small matrix and appends.
/// Two panels of rows while there are few terms; one dense M x M matrix a member from M / 2 terms on, where applying it
/// (2 M^2 flops a vector) costs less than applying the panels (4 M terms). math.md sections 6, 7.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "runtime/algebra/row_store.h"
#include "runtime/algebra/sample_algebra.h"

namespace tpc::runtime {

template <class Real>
class UpdateStore {
 public:
  /// One member. `dense_from`: number of terms at which dense matrices are used; 0: M / 2.
  explicit UpdateStore(const SampleSpace& space, std::size_t dense_from = 0);
  /// Another one, before the first term; its number.
  std::size_t add_member();
  [[nodiscard]] std::size_t members() const { return members_.size(); }

  /// y = (committed updates of the member) x, or their transpose applied to x.
  void apply(std::size_t member, bool transposed, const Real* x, std::size_t rows, Real* y,
             SampleAlgebra<Real>& algebra);
  /// Terms coefficient * left_i (x) right_i, which count after commit(). Arrays that are given again before that must
  /// be unchanged: their terms are stored once. Throws TP_NOT_FINITE, std::bad_alloc.
  void append(std::size_t member, double coefficient, const Real* left, const Real* right, std::size_t rows);
  /// After commit() the member's terms are the sum over these calls of coefficient * (those of `source` now).
  void combine(std::size_t member, std::size_t source, double coefficient);
  /// Everything in commit() that can fail.
  void prepare_commit();
  void commit();
  void discard_pending();

  [[nodiscard]] std::size_t terms() const { return terms_; }
  [[nodiscard]] bool is_dense() const { return is_dense_; }
  /// For files. Panels and columns have terms() committed entries unless dense; dense: [M, M], left index first.
  [[nodiscard]] RowStore<Real>& left() { return left_; }
  [[nodiscard]] RowStore<Real>& right() { return right_; }
  [[nodiscard]] Real* dense(std::size_t member) { return members_[member].dense.data(); }
  [[nodiscard]] double* coefficients(std::size_t member) { return members_[member].coefficients.data(); }
  [[nodiscard]] const RowStore<Real>& left() const { return left_; }
  [[nodiscard]] const RowStore<Real>& right() const { return right_; }
  [[nodiscard]] const Real* dense(std::size_t member) const { return members_[member].dense.data(); }
  [[nodiscard]] const double* coefficients(std::size_t member) const { return members_[member].coefficients.data(); }
  /// Makes room for what a file holds; panels, columns or dense matrices are filled in after it.
  void restore(std::size_t terms, bool is_dense);

 private:
  struct Member {
    std::vector<double> coefficients;         ///< of every term in the panels, pending ones behind
    std::optional<std::vector<double>> next;  ///< row of the small matrix, by member; empty: keeps its own
    AlignedBuffer<Real> dense;
  };
  /// Terms given in the current call.
  struct Pending {
    const Real *left, *right;
    std::size_t first, count;
  };

  Pending store(const Real* left, const Real* right, std::size_t rows);
  void apply_dense(const Member& member, bool transposed, const Real* x, std::size_t rows, Real* y);
  [[nodiscard]] bool combines() const;
  void combine_columns();
  void combine_dense();
  void fold_into_dense(Member& member);

  const SampleSpace& space_;
  std::size_t dense_from_;
  std::size_t terms_ = 0;      ///< committed
  std::size_t in_panels_ = 0;  ///< committed terms that are still rows; pending ones follow
  bool is_dense_ = false;
  bool becomes_dense_ = false;
  RowStore<Real> left_, right_;
  std::vector<Member> members_;
  std::vector<Pending> pending_;
  std::vector<double> overlap_;
  RowList<Real> left_rows_, right_rows_;
};

extern template class UpdateStore<double>;
extern template class UpdateStore<float>;

}  // namespace tpc::runtime
