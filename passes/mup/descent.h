/// \file What the searches for exponents share: the program with its gradient, and a change in words.
#pragma once

#include <string>
#include <vector>

#include "ir/tp/ir.h"
#include "passes/width/invariants.h"

namespace tpc::passes::mup {

/// `forward`, as lowered, with the function `gradient`, cleaned up as the compiler does. Without the function `loss`:
/// of the squared loss against a target of the output's shape.
ir::tp::Module with_gradient(ir::tp::Module forward);

/// What leads from one point to another, a sentence for each size of change: "raise a + b of V by 1/2 (to 1)". `from`
/// and `to`: the same states. `rate`: of their optimizer.
std::vector<std::string> describe_changes(const std::vector<ir::State>& from, const std::vector<ir::State>& to,
                                          Invariant rate);

}  // namespace tpc::passes::mup
