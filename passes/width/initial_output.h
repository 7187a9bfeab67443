/// \file Which kind of number the output is before training, where it is of order one.
#pragma once

#include "passes/width/classify.h"

namespace tpc::passes::width {

/// zero: it vanishes. gaussian_process: its order-one part is a linear combination, with fixed coefficients, of sums
/// over the width whose terms average to zero by symmetry (central limit theorem) and of finite Gaussian parameters.
/// deterministic: its order-one part consists of averages (law of large numbers) and of fixed numbers.
/// other: anything else, say a Gaussian process with a mean, or a nonlinear function of one.
InitialFunction initial_output(const ir::tp::Module& module);

}  // namespace tpc::passes::width
