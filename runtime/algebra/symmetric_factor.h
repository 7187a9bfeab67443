/// \file A factor of a covariance matrix, for Gaussian functions on finitely many points.
#pragma once

#include <cstddef>
#include <vector>

namespace tpc::runtime {

struct SymmetricFactor {
  std::size_t columns = 0;
  std::vector<double> matrix;  ///< S: [size, columns] row-major with S S^T = A
};

/// Of a symmetric, up to rounding positive semidefinite matrix [size, size] row-major; size >= 1. By eigenvectors, so
/// that repeated points do no harm: eigenvalues up to 1e-14 size times the largest (and the negative ones, which are
/// rounding or sampling errors) are taken as 0. Only the lower triangle is read.
SymmetricFactor symmetric_factor(const double* matrix, std::size_t size);

}  // namespace tpc::runtime
