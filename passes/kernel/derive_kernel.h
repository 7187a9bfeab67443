/// \file The limit of a program in the kernel regime (math.md section 5b): TP IR -> Limit IR. README.md of this folder
/// has the mathematics and the functions of the module. Shown by: tests/unit/passes/kernel_test.cpp (finite
/// differences, wide networks, golden kernels) and tests/lit/passes/kernel.
#pragma once

#include <variant>

#include "ir/core/optimizer.h"
#include "ir/limit/ir.h"
#include "passes/kernel/function_space.h"
#include "passes/limit/derive_limit.h"
#include "passes/width/width_analysis.h"

namespace tpc::passes {

/// Precondition: the analysis belongs to the module (functions predict, step, observe_*) and classifies it as
/// Regime::kernel; `optimizer`, which is descent, made the module's `step`.
std::variant<ir::limit::Module, LimitFailure> derive_kernel(const ir::tp::Module& module, const WidthAnalysis& analysis,
                                                            const ir::OptimizerSettings& optimizer);

/// The same for a program that adapts to tasks: `network` is its network with any training, and `tasks` what is
/// computed from values of the network (function_space.h), without gradients as operations. Instead of start, step and
/// predict on all points the limit has the functions of `tasks`, with `change` and `step` (function_steps.h); adds to
/// tasks.space the fields and groups that training needs.
std::variant<ir::limit::Module, LimitFailure> derive_task_kernel(const ir::tp::Module& network,
                                                                 const WidthAnalysis& analysis,
                                                                 const ir::OptimizerSettings& optimizer,
                                                                 FunctionSpaceProgram& tasks);

}  // namespace tpc::passes
