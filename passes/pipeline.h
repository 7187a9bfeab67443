/// \file The order of the passes, with the reasons: one commented list a stage (pipeline.cpp).
#pragma once

#include <string>
#include <vector>

namespace tpc::passes {

/// From the lowered program to one training step: autodiff, sgd, clean-up.
std::vector<std::string> step_pipeline();
/// Clean-up of Limit IR before it is printed and compiled.
std::vector<std::string> limit_pipeline();

}  // namespace tpc::passes
