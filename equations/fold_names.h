/// \file Equations that are equal up to names are printed once: key = K e, value = P e and query = Q e as the first of
/// them, with a remark that names the others. A printing step; it knows nothing of the IR.
#pragma once

#include <vector>

#include "equations/math.h"

namespace tpc::equations {

/// So many equations of one form are folded; fewer are easier read one by one.
inline constexpr size_t least_equal_forms = 3;

/// Replaces equations that become each other when names are exchanged, each name for one other, by the first of them
/// with the remark `likewise (P, value), (Q, query) for (K, key)`. Not where one of them is computed from another, as
/// layers are.
void fold_names(std::vector<math::Equation>& equations);

}  // namespace tpc::equations
