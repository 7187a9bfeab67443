/// \file The spelling of Limit IR: a vector is a random variable, a matrix a Gaussian matrix with its updates.
#pragma once

#include "ir/core/dialect.h"

namespace tpc::ir::limit {

inline constexpr Dialect dialect{"limit", {"none", "scalar", "random", "gaussian", "pair"}};

}  // namespace tpc::ir::limit
