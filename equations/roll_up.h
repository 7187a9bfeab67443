/// \file Equations that are equal up to an index are printed once, with the index and its range: what an unrolled loop
/// or a stack of equal layers made 64 of. A printing step; it knows nothing of the IR.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "equations/math.h"

namespace tpc::equations {

/// Summands, and then equations, that repeat at least this often are rolled up; fewer are easier read one by one.
inline constexpr size_t least_repetitions = 4;

/// Replaces, in every sum, summands whose names differ only in numbers that grow or fall from each to the next by as
/// much always, one of them by one, by one sum over an index; then the same for equations (or groups of equations that
/// follow each other in turn), whose remark names the range: h2 = W h1, .., h64 = W h63 become h[l] = W h[l-1] (for l
/// = 2..64). `names`: those that the two indices must not be called.
void roll_up(std::vector<math::Equation>& equations, const std::set<std::string>& names);

/// The first part of it, for one expression: a sum that many equations share is rolled up once, before it is repeated.
void roll_up_sums(math::Math& m, const std::set<std::string>& names);

}  // namespace tpc::equations
