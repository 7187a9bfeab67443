/// \file One loop nest over numbers in LLVM IR (number_plan.h): vectors of 8 doubles along its lane dimension, then the
/// rest one by one. What does not change along the lanes is read once and spread.
#pragma once

#include "codegen/function_frame.h"
#include "codegen/number_plan.h"

namespace tpc::codegen {

/// Emits the nest and places the arrays of the members that are stored.
void emit_numbers(FunctionFrame& frame, const NumberPlan& plan, const NumberGroup& group);

}  // namespace tpc::codegen
