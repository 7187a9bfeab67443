/// \file <grad_w f(xi_i), grad_w f(xi'_j)> for all pairs of examples, as products of small inner products.
///
/// With grad_w f(xi_i) = sum_s l_s r_s (s: the finite indices that neither w nor the batch has, e.g. tokens) this is
/// sum_{s,s'} sum over w's own indices and the width of l_s r_s l'_{s'} r'_{s'}, and the sums are taken factor by
/// factor: (g . g') (x . x') for a matrix and for an input-like weight, never the gradient as a whole.
#pragma once

#include <vector>

#include "ir/tp/ir.h"
#include "passes/autodiff/adjoints.h"

namespace tpc::passes::kernel {

/// The two batches.
struct BatchPair {
  ir::DimId batch, other;
};

/// A contribution to the gradient of w as inner_product takes it. Of a vector w: all that has coordinates on the left,
/// numbers on the right. Dimensions s that neither factor has count equal terms. `state`: the type of w; `batch`: that
/// of the contribution.
Contribution prepared(ir::tp::Builder& builder, const ir::Type& state, Contribution term, ir::DimId batch);

/// scalar over the two batches (what lacks one is the same along it). `other`'s contribution is over the other batch.
/// New dimensions for s' are added to the module. Precondition: both are prepared.
ir::ValueId inner_product(ir::tp::Builder& builder, const ir::Type& state, const Contribution& one,
                          const Contribution& other, const BatchPair& batches);

}  // namespace tpc::passes::kernel
