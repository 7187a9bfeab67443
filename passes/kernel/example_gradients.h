/// \file The gradients of outputs by every state, one an example, as sums of products (kernel README, equation 1).
#pragma once

#include <vector>

#include "ir/tp/ir.h"
#include "passes/autodiff/adjoints.h"

namespace tpc::passes::kernel {

/// Appends the backward pass of `output` (a scalar over the batch, and possibly over outputs that differ by rows of
/// states alone: one_output.h) to the builder's function and returns, by StateId, what each use of the state
/// contributes to d output_i / d state, for every index i of the output: unsummed products (autodiff/adjoints.h), of
/// which a sum over all but the output's and the state's own indices is the gradient. An index that both have is one:
/// the gradient by another output's rows is 0. Throws NoKernel.
std::vector<std::vector<Contribution>> example_gradients(ir::tp::Builder& builder, ir::ValueId output);

}  // namespace tpc::passes::kernel
