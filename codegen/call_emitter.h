/// \file The instructions that stand between kernels and loop nests: calls of the runtime.
#pragma once

#include "codegen/buffer_plan.h"
#include "codegen/function_frame.h"

namespace tpc::codegen {

/// Emits one call. Places the numbers it makes; sample buffers have been placed before.
void emit_call(FunctionFrame& frame, ir::ValueId id);

/// Appends and writes, in the order of the schedule: what is written late but is another state's old value, is copied
/// first, so that all reads of a step see the old values.
void emit_effects(FunctionFrame& frame, const std::vector<ir::ValueId>& effects);

}  // namespace tpc::codegen
