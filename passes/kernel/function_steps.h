/// \file A training step of a program in function space (function_space.h): what each step adds to f.
#pragma once

#include "ir/core/optimizer.h"
#include "ir/tp/ir.h"
#include "passes/kernel/function_space.h"

namespace tpc::passes::kernel {

/// To the functions predict, loss, observe_<i>, without gradients as operations, adds `change` and `step`, and drops
/// what counts as a constant in gradients. f(x) = sum_j K(x, x_j) c_j over all points of all steps; the step on the
/// loss L adds the points of its batch with c = -eta min(1, clip / |g|) g, g = dL/df, |g|^2 = sum_ij g_i . g_j K(x_i,
/// x_j), which is the norm of the weights' gradient. Results of `change` (ir/limit/task_functions.h): c of the points
/// of space.moved. `step`: the loss; counts for the schedule. Throws NoKernel.
void add_function_steps(FunctionSpaceProgram& program, const ir::SgdSettings& sgd);

/// Appends all functions and states of `source` to `target`; dimensions are the same if they are equal.
void import_functions(const ir::tp::Module& source, ir::tp::Module& target);

}  // namespace tpc::passes::kernel
