/// \file `tpc derive --symbolic`: equations in η and σ_W instead of the numbers of the file.
#pragma once

#include <vector>

#include "equations/derive.h"
#include "frontend/sema/program.h"

namespace tpc::driver {

/// Replaces the learning rate (if it is no schedule), momentum, weight decay and the scales of Gaussian starts by
/// values that equations can be told from each other by, and says which name each value stands for.
std::vector<equations::NamedNumber> name_numbers(sema::Program& program);

}  // namespace tpc::driver
