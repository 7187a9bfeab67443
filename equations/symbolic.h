/// \file Numbers of a program under names: learning rate and initial scales as η and σ_W. The program is derived with a
/// value of its own for each of them; a number of an equation that is a simple multiple of such values is written with
/// their names. A printing step; it knows nothing of the IR.
#pragma once

#include <vector>

#include "equations/derive.h"
#include "equations/math.h"

namespace tpc::equations {

/// So many values that no simple multiple of one, or of a product of two, is one of another.
std::vector<double> distinct_values(size_t count);

/// Writes numbers that are simple multiples of a named value, of its square or of a product of two.
void write_names(math::Math& m, const std::vector<NamedNumber>& names);

}  // namespace tpc::equations
