/// \file The gradients of one output by every state, one an example, as sums of products (kernel README, equation 1).
#pragma once

#include <vector>

#include "ir/tp/ir.h"
#include "passes/autodiff/adjoints.h"

namespace tpc::passes::kernel {

/// Appends the backward pass of `output` (scalar[B]) to the builder's function and returns, by StateId, what each use
/// of the state contributes to d output_i / d state, for every example i of the batch: unsummed products
/// (autodiff/adjoints.h), of which a sum over all but the batch and the state's own indices is the gradient.
/// Throws NoKernel.
std::vector<std::vector<Contribution>> example_gradients(ir::tp::Builder& builder, ir::ValueId output, ir::DimId batch);

}  // namespace tpc::passes::kernel
