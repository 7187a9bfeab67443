/// \file The powers of the width that simplification has moved away from the user's values; see forward.h.
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes::width {

/// By ValueId. Of activations that are scalars it is 0: there the 1/n of a mean cannot be told from a moved n^{-a};
/// of a value that is 0 by a constant factor as well, and sums take theirs from the first summand that is not 0.
std::vector<ir::Rational> missing_powers(const ir::tp::Module& module, const ir::tp::Function& function,
                                         const std::vector<bool>& is_activation);

}  // namespace tpc::passes::width
