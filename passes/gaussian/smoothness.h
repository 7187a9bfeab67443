/// \file Where functions of random variables are not smooth: sums over nodes converge slowly there.
#pragma once

#include <vector>

#include "ir/core/primitive_traits.h"
#include "ir/limit/ir.h"

namespace tpc::passes::gaussian {

/// By value of the function: the sign that all its numbers have, as far as its operations show it.
std::vector<ir::Values> signs_of_values(const ir::limit::Function& function);

/// Whether the primitive is smooth for all values its arguments take: sqrt(x^2 + 1) is, sqrt(x^2) = |x| is not.
/// `signs`: of the function's values.
bool is_smooth_map(const ir::limit::Function& function, const std::vector<ir::Values>& signs, const ir::Map& map);

}  // namespace tpc::passes::gaussian
