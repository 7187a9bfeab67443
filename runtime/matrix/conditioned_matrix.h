/// \file ZMatMul: an n x n initial Gaussian matrix in the limit, Z^{Wx} = hatZ^{Wx} + dotZ^{Wx} (math.md section 6).
///
/// Two orthonormal families with images: P, the inputs W has met, with W P; Q, those of W^T, with W^T Q. For a new
/// direction p: W p = sigma g + sum_k E[(W^T q_k) p] q_k with a fresh standard Gaussian g. The first part is the new
/// component of hatZ (ZHat), the second is dotZ (ZDot). g is made orthogonal to every q_k at the sample points and
/// normalised, so that E[q (W p)] = E[(W^T q) p] holds to rounding for everything stored. What is beyond the stored
/// directions meets a random matrix G that stores nothing (random_matrix.h): with Pi_P, Pi_Q the projections on P and
/// Q,
///   W = (W P) P^T + Q (W^T Q)^T (1 - Pi_P) + (1 - Pi_Q) sigma G (1 - Pi_P),
/// the law of a Gaussian matrix given what it makes of P and Q (Bolthausen 2014, math.md 6). It is linear: vectors that
/// return get what they got before.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "runtime/algebra/row_store.h"
#include "runtime/algebra/sample_algebra.h"
#include "runtime/matrix/fresh_directions.h"
#include "runtime/matrix/orthogonalize.h"
#include "runtime/matrix/random_matrix.h"

namespace tpc::runtime {

/// Working memory of apply, shared by the matrices of a replica.
template <class Real>
struct ConditioningWorkspace {
  BatchDecomposition<Real> batch;
  AlignedBuffer<Real> fresh;
  std::vector<double> dual, overlap, norms;
  RowList<Real> basis, images, known;
};

template <class Real>
class ConditionedMatrix {
 public:
  /// By size class, orthogonalize.h. W and W^T of one matrix may both meet activations and gradients (tied weights):
  /// these differ by a power of n, and beside activations every gradient would seem small.
  using TypicalNorms = std::array<double, TP_SIZE_CLASSES>;
  /// How much is stored; also the mark to which a call's additions are taken back.
  struct Size {
    std::size_t directions[2] = {0, 0};  ///< met by W, by W^T
    std::size_t unstored = 0;            ///< residuals that met the random matrix instead of being stored, so far
    TypicalNorms typical_norms[2]{};     ///< of what W and W^T have met
  };
  struct Family {
    explicit Family(std::size_t samples) : basis(samples), images(samples) {}
    RowStore<Real> basis, images;
    TypicalNorms typical_norms{};
  };

  /// sigma: the entries are N(0, sigma^2 / n); 0 for a matrix that starts at zero.
  /// tolerance: residuals below tolerance * |x| are not stored but given to the random matrix; negative: automatic, by
  /// the number of directions stored; 1: nothing is stored. The exact method stores everything above rounding instead.
  /// number: of the matrix among those of the replica.
  ConditionedMatrix(const SampleSpace& space, double sigma, double tolerance, const PointOptions& points,
                    std::uint32_t number);

  /// y = W x, or W^T x: rows of M values each, of sizes of one class (tp_rt_condition). Throws TP_NOT_FINITE,
  /// TP_CAPACITY, std::bad_alloc; then what the call added is undefined until truncate().
  void apply(bool transposed, std::size_t size_class, const Real* x, std::size_t rows, Real* y,
             SampleAlgebra<Real>& algebra, FreshDirections& fresh, ConditioningWorkspace<Real>& workspace);

  [[nodiscard]] Size size() const {
    return {{families_[0].basis.size(), families_[1].basis.size()},
            unstored_,
            {families_[0].typical_norms, families_[1].typical_norms}};
  }
  void truncate(const Size& size);
  /// The largest relative size of a residual that would not be stored now.
  [[nodiscard]] double truncation() const;

  [[nodiscard]] Family& family(std::size_t transposed) { return families_[transposed]; }
  [[nodiscard]] const Family& family(std::size_t transposed) const { return families_[transposed]; }
  void set_unstored(std::size_t unstored) { unstored_ = unstored; }

 private:
  void apply_block(bool transposed, std::size_t size_class, const Real* x, std::size_t rows, Real* y,
                   SampleAlgebra<Real>& algebra, FreshDirections& fresh, ConditioningWorkspace<Real>& workspace);
  void make_images(bool transposed, SampleAlgebra<Real>& algebra, FreshDirections& fresh,
                   ConditioningWorkspace<Real>& workspace);
  const RandomMatrix<Real>& random_matrix();
  void scale_fresh_part(Real* g, std::size_t count, std::size_t dual_size,
                        ConditioningWorkspace<Real>& workspace) const;
  void match_moments(const Family& own, const Family& dual, Real* fresh, std::size_t count,
                     SampleAlgebra<Real>& algebra, ConditioningWorkspace<Real>& workspace);

  std::size_t samples_;
  PointOptions points_;
  std::uint32_t number_;
  double sigma_;
  std::optional<RandomMatrix<Real>> random_matrix_;  ///< made when it is first needed
  NewDirections store_;
  double drop_;
  Family families_[2];
  std::size_t unstored_ = 0;
};

extern template class ConditionedMatrix<double>;
extern template class ConditionedMatrix<float>;

}  // namespace tpc::runtime
