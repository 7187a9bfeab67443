/// \file The equations of a limit in the kernel regime: the kernel for two inputs, and how f moves.
#pragma once

#include <vector>

#include "equations/derive.h"
#include "equations/math.h"
#include "ir/limit/ir.h"

namespace tpc::equations {

/// Precondition: the module has the functions that derive_kernel makes. The two inputs are ξ and ξ', a value of the
/// second is written as that of the first with another index.
std::vector<math::Section> write_kernel_equations(const ir::limit::Module& module, const Evaluation& evaluation = {});

}  // namespace tpc::equations
