/// \file The accumulated updates of a matrix: sum_i c_i left_i (x) right_i, applied to x as sum_i c_i E[right_i x]
/// left_i.
///
/// Matrices whose updates are linear combinations of each other's (a weight and its momentum) are members of one store:
/// one list of terms, one column of coefficients c a member. A step maps all columns by one small matrix and appends.
/// The sum has far fewer directions than terms when training is long (examples return, features move slowly): terms are
/// gathered in two panels of rows and from time to time put into orthonormal bases on both sides, P and Q, with one
/// small matrix K a member: sum_ab K_ab p_a (x) q_b. Directions in which all members are small are left out. A step
/// costs O(M (rank + batch) batch), however long the training. math.md sections 6, 7.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "runtime/algebra/rising_threshold.h"
#include "runtime/algebra/row_factor.h"
#include "runtime/algebra/row_store.h"
#include "runtime/algebra/sample_algebra.h"

namespace tpc::runtime {

/// When and how closely terms are gathered.
struct Compression {
  std::size_t panel_terms = 64;  ///< terms in the panels, at least; as many as there are directions if these are more
  /// What is discarded each time, relative to the Frobenius norm of every member; empty: nothing.
  std::optional<RisingThreshold> discarded;

  /// Training on M points: far below their error, M^{-1/2} of the outputs, and little work beside what M points cost.
  /// (Digits, 250 steps: the outputs change by 2e-4 of their size when 20 directions are kept, which hold all but 1e-2
  /// of the norm; after 2,000 steps by less than a tenth of the error of 4 x 1,024 points.) Where few directions are
  /// met, sample points are far more accurate, and so is what is kept.
  static Compression of_samples(std::size_t samples) {
    const double error = 0.2 / std::sqrt(static_cast<double>(samples));
    return {64, RisingThreshold(1e-6, error, 3.0 * error, std::max<std::size_t>(32, samples / 128))};
  }
};

template <class Real>
class UpdateStore {
 public:
  /// One member.
  UpdateStore(const SampleSpace& space, const Compression& compression);
  /// Another one, before the first term; its number.
  std::size_t add_member();
  [[nodiscard]] std::size_t members() const { return members_.size(); }

  /// y = (committed updates of the member) x, or their transpose applied to x.
  void apply(std::size_t member, bool transposed, const Real* x, std::size_t rows, Real* y,
             SampleAlgebra<Real>& algebra);
  /// Terms coefficient * left_i (x) right_i, which count after commit(). Arrays that are given again before that must
  /// be unchanged: their terms are stored once. The first call of a step may compress what was committed before, which
  /// counts after commit() too. Throws TP_NOT_FINITE, std::bad_alloc.
  void append(std::size_t member, double coefficient, const Real* left, const Real* right, std::size_t rows,
              SampleAlgebra<Real>& algebra);
  /// After commit() the member's terms are the sum over these calls of coefficient * (those of `source` now).
  void combine(std::size_t member, std::size_t source, double coefficient);
  void commit() noexcept;
  void discard_pending();

  [[nodiscard]] std::size_t terms() const { return terms_; }
  /// Directions of the sum, of the side with more; an upper bound.
  [[nodiscard]] std::size_t rank() const;

  /// The part that was left out of the sums so far, relative to the norm of the member that lost most of its own: the
  /// root of the sum of squares over compressions.
  [[nodiscard]] double discarded() const { return std::sqrt(discarded_squares_); }

  /// One side of every term: those gathered so far, in an orthonormal basis, and the later ones.
  struct Side {
    explicit Side(std::size_t samples) : basis(samples), panel(samples) {}
    RowStore<Real> basis, panel;
  };
  struct Member {
    std::vector<double> core;                 ///< K, [left basis, right basis]
    std::vector<double> coefficients;         ///< of every term in the panels, pending ones behind
    std::optional<std::vector<double>> next;  ///< row of the small matrix, by member; empty: keeps its own
  };
  /// For files: what is committed. Panels and coefficients have panel_terms() committed entries.
  [[nodiscard]] std::size_t panel_terms() const { return in_panels_; }
  [[nodiscard]] const Side& side(std::size_t right) const { return sides_[right]; }
  [[nodiscard]] Side& side(std::size_t right) { return sides_[right]; }
  [[nodiscard]] const Member& member(std::size_t number) const { return members_[number]; }
  [[nodiscard]] Member& member(std::size_t number) { return members_[number]; }
  /// Once sides and members are filled in.
  void restore(std::size_t terms, double discarded);

 private:
  /// Terms given in the current call.
  struct Pending {
    const Real *left, *right;
    std::size_t first, count;
  };

  /// What was committed, in new bases.
  struct Compressed {
    RowStore<Real> bases[2];
    std::vector<std::vector<double>> cores;  ///< by member
    double discarded_squares = 0.0;          ///< of the largest part of a member's norm
  };

  Pending store(const Real* left, const Real* right, std::size_t rows);
  [[nodiscard]] bool combines() const;
  /// Of every row of a side (its basis, then its panel) in an orthonormal family of `count`.
  struct Coordinates {
    std::vector<double> values;
    std::size_t count, stride;
  };

  [[nodiscard]] Compressed compressed(SampleAlgebra<Real>& algebra) const;
  Coordinates absorb(const Side& side, RowStore<Real>& basis, SampleAlgebra<Real>& algebra) const;
  [[nodiscard]] std::vector<std::vector<double>> cores_in(const Coordinates& left, const Coordinates& right) const;
  void reduce(const RisingThreshold& discarded, Compressed& reduced, SampleAlgebra<Real>& algebra) const;
  RowFactor factored(const RowList<Real>& rows, SampleAlgebra<Real>& algebra) const;
  void take(Compressed& compressed) noexcept;
  void combine_rows(const RowList<Real>& from, const std::vector<double>& coefficients, std::size_t count,
                    RowStore<Real>& to, SampleAlgebra<Real>& algebra) const;

  const SampleSpace& space_;
  Compression compression_;
  std::size_t terms_ = 0;  ///< committed
  double discarded_squares_ = 0.0;
  std::size_t in_panels_ = 0;  ///< committed terms that are still rows; pending ones follow
  Side sides_[2];              ///< left, right
  std::vector<Member> members_;
  std::vector<Pending> pending_;
  std::optional<Compressed> compressed_;  ///< pending
  std::vector<double> overlap_, coefficients_, old_;
  RowList<Real> rows_;
};

extern template class UpdateStore<double>;
extern template class UpdateStore<float>;

}  // namespace tpc::runtime
