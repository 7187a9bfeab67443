/// \file The limit of a program that adapts to tasks, in the kernel regime.
#pragma once

#include <variant>

#include "frontend/sema/program.h"
#include "ir/limit/ir.h"
#include "passes/kernel/derive_kernel.h"

namespace tpc::driver {

/// Looks for the def of one row in whose calls alone the program uses its weights, derives its kernel, and states the
/// program in values of it (passes/kernel/function_space.h). `space`: what its functions need of points and kernels.
/// Without a `train` block: trained by descent on a squared loss.
std::variant<ir::limit::Module, passes::LimitFailure> derive_task_limit(const sema::Program& program,
                                                                        const ir::OptimizerSettings& optimizer,
                                                                        passes::FunctionSpace& space);

}  // namespace tpc::driver
