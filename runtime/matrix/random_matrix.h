/// \file A square random matrix that acts on random variables like one with independent entries N(0, 1 / M), at the
/// cost of a few Hadamard transforms, with nothing stored but signs.
///
/// A Gaussian matrix is L S R with independent rotations L and R (Haar) and singular values S that follow the quarter
/// circle law. The limit of a program depends on W through S and through L and R being in general position only
/// (rotational invariance; Tensor Programs III; universality of such products for signed Hadamard matrices: Dudeja, Lu,
/// Sen, "Universality of approximate message passing with semi-random matrices", 2022). Here S are the quantiles of
/// that law, in random order, and L, R are Hadamard transforms with random signs. Being linear, it gives vectors that
/// return what they got before, and E[q (W p)] = E[(W^T q) p] holds to rounding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tpc::runtime {

template <class Real>
class RandomMatrix {
 public:
  /// A pure function of these numbers. samples: M, a multiple of 64.
  RandomMatrix(std::size_t samples, std::uint64_t seed, std::uint32_t replica, std::uint64_t number);

  /// y = W x, or W^T x: rows of M values each, M apart.
  void apply(bool transposed, const Real* x, std::size_t rows, Real* y) const;

 private:
  void apply_row(bool transposed, const Real* x, Real* y) const;

  std::size_t samples_, block_;
  /// Signs before every transform but one, before which the singular values stand, and behind the last one.
  std::vector<std::vector<Real>> factors_;
};

extern template class RandomMatrix<double>;
extern template class RandomMatrix<float>;

}  // namespace tpc::runtime
