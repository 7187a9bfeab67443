/// \file The function by which a limit of the kernel regime is known to be one of a program that adapts to tasks
/// (passes/kernel/function_space.h).
#pragma once

namespace tpc::ir::limit {

/// Result i says by how much the coefficients of points change in a training step.
inline constexpr const char* change_function = "change";

}  // namespace tpc::ir::limit
