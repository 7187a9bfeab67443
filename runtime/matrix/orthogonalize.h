/// \file One batch of random variables against an orthonormal family that grows by their new directions.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "runtime/algebra/row_store.h"
#include "runtime/algebra/sample_algebra.h"

namespace tpc::runtime {

/// Which residuals become new directions of a family.
struct NewDirections {
  double least;                                                ///< relative size
  std::size_t most = std::numeric_limits<std::size_t>::max();  ///< directions of the family
};

/// x_b = sum_j coefficients[b * stride + j] basis_j + sum_i remaining_norm_i [remaining_row_i = b] remaining direction
/// i. Working memory, reused between batches.
template <class Real>
struct BatchDecomposition {
  std::size_t known = 0;   ///< size of the family before
  std::size_t stored = 0;  ///< new directions, appended to the family
  std::size_t stride = 0;  ///< known + 2 * rows
  std::vector<double> coefficients;
  std::vector<std::size_t> remaining_row;
  std::vector<double> remaining_norm;
  AlignedBuffer<Real> residual;  ///< its first rows: the remaining directions, normalised; row length M

  std::vector<double> norms, residual_norms, correction;
  RowList<Real> rows;
};

/// Gram-Schmidt twice (math.md 6): the whole batch against the family by matrix products, the residuals one after the
/// other among themselves (modified Gram-Schmidt, repeated while cancellation is strong: Kahan's criterion), then the
/// normalised new directions against the family once more. Throws TP_NOT_FINITE if an x has no finite norm.
///
/// Residuals above store.least times the larger of |x| and the family's typical norm become new directions while the
/// family has room for them; the others remain, unless they are below drop |x|: those are rounding errors. The typical
/// norm keeps vectors that hardly act any more, such as gradients of examples that fit, from filling the family.
/// typical_norm: the largest root mean square norm of a batch so far; updated.
template <class Real>
void orthogonalize(SampleAlgebra<Real>& algebra, const Rows<Real>& x, const NewDirections& store, double drop,
                   double& typical_norm, RowStore<Real>& basis, BatchDecomposition<Real>& out);

extern template void orthogonalize(SampleAlgebra<double>&, const Rows<double>&, const NewDirections&, double, double&,
                                   RowStore<double>&, BatchDecomposition<double>&);
extern template void orthogonalize(SampleAlgebra<float>&, const Rows<float>&, const NewDirections&, double, double&,
                                   RowStore<float>&, BatchDecomposition<float>&);

}  // namespace tpc::runtime
