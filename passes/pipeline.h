/// \file The order of the passes, with the reasons: one commented list a stage (pipeline.cpp).
#pragma once

#include <string>
#include <vector>

namespace tpc::passes {

/// From the lowered program to its gradient: what searches for exponents work on, with steps of their own.
std::vector<std::string> gradient_pipeline();
/// From the lowered program to one training step: the same with the optimizer's update.
std::vector<std::string> step_pipeline();
/// Clean-up of Limit IR, after its derivation and after expectations have become formulas, before it is printed and
/// compiled.
std::vector<std::string> limit_pipeline();

}  // namespace tpc::passes
