/// \file One batch of random variables against an orthonormal family that grows by their new directions.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/algebra/rising_threshold.h"
#include "runtime/algebra/row_store.h"
#include "runtime/algebra/sample_algebra.h"

namespace tpc::runtime {

/// x_b = sum_j coefficients[b * stride + j] basis_j + sum_i renewed_norm_i [renewed_row_i = b] renewed direction i.
/// Working memory, reused between batches.
template <class Real>
struct BatchDecomposition {
  std::size_t known = 0;   ///< size of the family before
  std::size_t stored = 0;  ///< new directions, appended to the family
  std::size_t stride = 0;  ///< known + 2 * rows
  std::vector<double> coefficients;
  std::vector<std::size_t> renewed_row;
  std::vector<double> renewed_norm;
  AlignedBuffer<Real> residual;  ///< its first rows: the renewed directions, normalised; row length M

  std::vector<double> norms, residual_norms, correction;
  RowList<Real> rows;
};

/// Gram-Schmidt twice (math.md 6): the whole batch against the family by matrix products, the residuals one after the
/// other among themselves (modified Gram-Schmidt, repeated while cancellation is strong: Kahan's criterion), then the
/// normalised new directions against the family once more. Throws TP_NOT_FINITE if an x has no finite norm.
///
/// Residuals above `store` (which may depend on the size of the family) times the larger of |x| and the family's
/// typical norm become new directions; smaller ones are renewed (their direction is used once), unless they are below
/// drop |x|: those are rounding errors. The typical norm keeps vectors that hardly act any more, such as gradients of
/// examples that fit, from filling the family. typical_norm: the largest root mean square norm of a batch so far;
/// updated.
template <class Real>
void orthogonalize(SampleAlgebra<Real>& algebra, const Rows<Real>& x, const RisingThreshold& store, double drop,
                   double& typical_norm, RowStore<Real>& basis, BatchDecomposition<Real>& out);

extern template void orthogonalize(SampleAlgebra<double>&, const Rows<double>&, const RisingThreshold&, double, double&,
                                   RowStore<double>&, BatchDecomposition<double>&);
extern template void orthogonalize(SampleAlgebra<float>&, const Rows<float>&, const RisingThreshold&, double, double&,
                                   RowStore<float>&, BatchDecomposition<float>&);

}  // namespace tpc::runtime
