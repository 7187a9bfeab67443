/// \file The learning rate of a training step: schedules, and the factor by which a host of compiled code changes them.
/// In TP IR and in Limit IR alike.
#pragma once

#include "ir/core/optimizer.h"
#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

/// Adds a number that a training step carries along besides the weights.
template <class ModuleType>
ir::StateId add_counter(ModuleType& module, const char* name, double initial);

/// eta_t of ir::Schedule as a scalar[] of the builder's function, which must be the training step; times the state
/// `learning rate scale`, initially 1, if the rate is settable. Adds the states that count steps (scalars, outside of
/// every gradient) and their writes. Invalid for a constant schedule that is not settable: its number is then written
/// into each update, where it folds with the other constants. Once a function.
template <class ModuleType>
ir::ValueId write_learning_rate(ir::Builder<ModuleType>& builder, const ir::DescentSettings& settings);

/// For the limit of a training step whose rate is settable: the function `rate`, whose result is that of the next step,
/// and the function `set_rate`, which scales the schedule such that it is the field set_rate_field: a constant rate
/// becomes that number. The scale is not finite where the schedule is at 0. Without a step (the kernel regime, whose
/// functions of points are compiled alone) there are none. Shown by:
/// tests/lit/driver/learning_rate.test, tests/unit/codegen/c_interface_test.cpp.
void add_rate_functions(ir::limit::Module& module, const ir::DescentSettings& settings);

}  // namespace tpc::passes
