/// \file What the searches for exponents share: the program with its gradient, and a change in words.
#pragma once

#include <string>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes::mup {

/// `forward`, as lowered, with the function `gradient`, cleaned up as the compiler does. Without the function `loss`:
/// of the squared loss against a target of the output's shape.
ir::tp::Module with_gradient(ir::tp::Module forward);

/// "raise a + b of V by 1/2 (to 1)".
std::string describe_change(const std::string& what, const std::vector<std::string>& names, const ir::Rational& by,
                            const ir::Rational& to);

}  // namespace tpc::passes::mup
