/// \file What a kernel touches: arrays, the extents of their dimensions, states that it adds rows to. Each once, in
/// order of first touch: kernels that do the same with other arrays then differ in nothing, and are one
/// (equal_functions.h).
#pragma once

#include <vector>

#include "codegen/value_access.h"
#include "ir/core/extents.h"

namespace tpc::codegen {

/// Outputs with a buffer and operands that are not made in registers.
std::vector<ir::ValueId> touched_arrays(const ir::limit::Function& function, const KernelPlan& plan,
                                        const BufferPlan& buffers);

std::vector<ir::DimId> met_extents(const ir::limit::Module& module, const ir::limit::Function& function,
                                   const ir::FunctionExtents& extents, const KernelPlan& plan);

std::vector<ir::StateId> changed_states(const ir::limit::Function& function, const KernelPlan& plan);

}  // namespace tpc::codegen
