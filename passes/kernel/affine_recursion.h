/// \file Whether training by a kernel is affine in the function that is trained.
#pragma once

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Whether f_{t+1} is an affine function of f_t and the targets: then mean and covariance over a Gaussian start are
/// known in closed form. Precondition: `module` is that of a kernel regime (derive_kernel.h).
bool is_affine_recursion(const ir::limit::Module& module);

}  // namespace tpc::passes
