/// \file Functions of two points: one kernel for what belongs together, over all pairs of sample points.
#pragma once

#include <vector>

#include "codegen/function_frame.h"

namespace tpc::codegen {

/// The instructions of Schedule::pairs, which are done once the function has succeeded: those that are connected by
/// values or states become one kernel (the states of one weight), so that each pair is read and written once.
void emit_pairs(FunctionFrame& frame, const std::vector<ir::ValueId>& pairs);

}  // namespace tpc::codegen
