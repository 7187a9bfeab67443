/// \file The order of the passes, with the reasons: one commented list a stage (pipeline.cpp).
#pragma once

#include <string>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

/// The lowered program without gradients inside (ir::tp::Gradient): the operations that compute them, and products with
/// what they change multiplied out where that costs less. A program without gradients stays as it is. Before every
/// other pass.
ir::tp::Module without_inner_gradients(ir::tp::Module module);

/// From the lowered program to its gradient: what searches for exponents work on, with steps of their own.
std::vector<std::string> gradient_pipeline();
/// From the lowered program to one training step: the same with the optimizer's update.
std::vector<std::string> step_pipeline();
/// Clean-up of Limit IR, after its derivation and after expectations have become formulas, before it is printed and
/// compiled.
std::vector<std::string> limit_pipeline();

}  // namespace tpc::passes
