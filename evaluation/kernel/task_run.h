/// \file A whole run of a program that adapts to tasks, in the kernel regime: nodes of the kernel's sums, training from
/// the function 0, and its error.
#pragma once

#include <optional>

#include "evaluation/kernel/kernel_run.h"

namespace tpc::evaluation {

/// As run_kernel. Precondition: `program` has tasks. Throws EvaluationFailure.
std::optional<KernelRun> run_task_kernel(const Problem& problem, const KernelProgram& program,
                                         const EvaluationSettings& settings);

}  // namespace tpc::evaluation
