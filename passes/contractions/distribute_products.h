/// \file Sums of products in the order that costs least. A weight that differs from example to example by a few
/// gradient steps, W - e sum_s l_s (x) r_s, is never formed: products with it are multiplied out, and so are products
/// with sums of contractions, (U - e sum_s dh_s x_s) . x' = U . x' - e sum_s dh_s (x_s . x'), where the estimate of the
/// whole function gets lower (flops.h). Shown by: tests/unit/passes/distribute_products_test.cpp,
/// tests/lit/passes/distribute-products.
#pragma once

#include "ir/tp/ir.h"

namespace tpc::passes {

/// Every function: no product with a matrix that has finite dimensions remains; scalars and vectors are multiplied out
/// where it saves operations. Rounding changes, values do not. Dead code is dropped. Needs a module that verifies,
/// without gradients.
void distribute_products(ir::tp::Module& module);

}  // namespace tpc::passes
