/// \file A factor of a covariance matrix, for Gaussian functions on finitely many points.
#pragma once

#include <cstddef>
#include <vector>

namespace tpc::runtime {

struct SymmetricFactor {
  std::size_t columns = 0;
  std::vector<double> matrix;  ///< S: [size, columns] row-major with S S^T = A
};

/// Of a symmetric, up to rounding positive semidefinite matrix [size, size] row-major; size >= 1. By Cholesky factors
/// with complete pivoting, so that repeated points do no harm: pivots up to 1e-14 size times the largest are taken as
/// 0. A matrix that is indefinite beyond rounding (sampling or quadrature errors) loses its negative part, by
/// eigenvectors, which takes some thirty times as long. Only the lower triangle is read.
SymmetricFactor symmetric_factor(const double* matrix, std::size_t size);

}  // namespace tpc::runtime
