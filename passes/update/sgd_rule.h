/// \file The rule of gradient descent for one state, in TP IR and in Limit IR alike: what a training step writes is the
/// same formula for w at finite width and for the outputs f of a kernel limit.
#pragma once

#include <optional>

#include "ir/core/optimizer.h"
#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

/// The name of the state that holds the momentum v of the state `name`.
std::string momentum_name(const std::string& name);

/// eta times the state's own factor and `width_factor` (invalid: 1): what a step's direction is multiplied by.
template <class ModuleType>
ir::ValueId update_rate(ir::Builder<ModuleType>& builder, const ir::DescentSettings& settings,
                        ir::ValueId learning_rate, ir::StateId state, ir::ValueId width_factor);

/// Adds the state momentum_name(..), initially 0.
template <class ModuleType>
ir::StateId add_momentum(ModuleType& module, ir::StateId of);

/// Writes, with w = read @state, eta = `learning_rate` (or the constant first, if invalid) times the state's factor:
///   u = gradient + weight_decay w;   v' = momentum v + u (u itself without momentum);   w' = w - eta width_factor v'.
/// Adds the state momentum_name(..) for v, initially 0, if there is momentum. `gradient` has the state's type;
/// `width_factor`: scalar[], n^{-c}, invalid: 1. Clipping is the caller's: it concerns all gradients together.
/// Shown by: tests/unit/passes/update_test.cpp.
template <class ModuleType>
void write_sgd_update(ir::Builder<ModuleType>& builder, const ir::SgdSettings& settings, ir::ValueId learning_rate,
                      ir::StateId state, ir::ValueId gradient, ir::ValueId width_factor);

}  // namespace tpc::passes
