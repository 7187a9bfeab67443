/// \file The size of what an initial matrix makes of a vector.
#pragma once

#include "ir/limit/ir.h"

namespace tpc::ir::limit {

/// Var(hatZ^{W x}) / E[(Z^x)^2], of W^T if transposed. W : [p n, q n] has entries N(0, sigma^2 / n); a product with it
/// is n times a mean over q n (or p n) coordinates, so this is sigma^2 / q (or sigma^2 / p): sigma^2 where W is square
/// of the width itself.
inline double variance_of_product(const State& matrix, bool transposed) {
  return matrix.init.value * matrix.init.value / (transposed ? matrix.rows : matrix.columns).value();
}

}  // namespace tpc::ir::limit
