/// \file A maximal update parametrization as Python for torch.optim: initial values and parameter groups by name.
#pragma once

#include <string>

#include "frontend/sema/program.h"
#include "passes/mup/maximal_update.h"

namespace tpc::driver {

/// A module of two functions, `mup_init_` and `mup_groups`, for parameters that are the weights themselves (a = 0):
/// what a multiplier n^{-a} would do stands in the initial values and the rates.
std::string pytorch_text(const sema::Program& program, const passes::MaximalUpdate& maximal,
                         const passes::UpdateRule& rule);

}  // namespace tpc::driver
