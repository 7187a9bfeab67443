/// \file A vector divided by its own size, as layer normalisation does: what it is made of may grow, it does not.
#pragma once

#include <optional>

#include "ir/tp/ir.h"

namespace tpc::passes::width {

/// Of the quotient x / sqrt(n^p sum x^2 + c), c being a number that is not negative and the sum over the width: the
/// exponent that its coordinates cannot exceed, whose root mean square is at most n^{-(1+p)/2}. Empty: another
/// quotient.
std::optional<ir::Exponent> normalised_size(const ir::tp::Function& function, const ir::Map& quotient);

}  // namespace tpc::passes::width
