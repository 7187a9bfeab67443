/// \file The training of a program that adapts to tasks, in the kernel regime: steps on values of f.
#pragma once

#include <vector>

#include "equations/math.h"
#include "ir/limit/ir.h"

namespace tpc::equations {

/// Whether the module, of a kernel regime, is of such a program (ir/limit/task_functions.h).
bool trains_on_tasks(const ir::limit::Module& module);

/// The outputs for a task, observations, and the training step.
std::vector<math::Section> write_task_equations(const ir::limit::Module& module);

}  // namespace tpc::equations
