/// \file Names of values in sentences for people.
#pragma once

#include <string>

#include "passes/width/forward.h"

namespace tpc::passes::width {

/// "n^(-1/4)", "n^2", or "order one"; zero: "0".
std::string power_of_width(const ir::tp::Module& module, const ir::Exponent& exponent);

/// The product or sum in the user's names, in backquotes: "`W @ z1`".
std::string quoted_use(const ir::tp::Module& module, const ir::tp::Function& function, const WeightUse& use);

/// The value's name in backquotes; without a name, what it is computed from: "`tanh(W @ z)`".
std::string quoted_value(const ir::tp::Module& module, const ir::tp::Function& function, ir::ValueId id);

/// "U", "U and W", "U, W and V"; three or more successive members of a family: "W[2] to W[8] and V".
std::string enumeration(const std::vector<std::string>& names);

}  // namespace tpc::passes::width
