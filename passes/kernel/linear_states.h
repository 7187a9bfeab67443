/// \file The Gaussian states in which the network is affine: what can make its initial function a Gaussian process.
#pragma once

#include <vector>

#include "ir/tp/ir.h"
#include "passes/autodiff/adjoints.h"

namespace tpc::passes::kernel {

/// Vectors and numbers V (no matrices) of Gaussian entries such that no gradient by one of them depends on any of them:
/// f is affine in all together, so, given everything else, Gaussian. Of several such sets the one that is used last.
/// `gradients`: by StateId, see example_gradients.h.
std::vector<ir::StateId> linear_states(const ir::tp::Module& module, const ir::tp::Function& function,
                                       ir::ValueId output, const std::vector<std::vector<Contribution>>& gradients);

}  // namespace tpc::passes::kernel
