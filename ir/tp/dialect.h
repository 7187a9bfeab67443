/// \file The spelling of TP IR.
#pragma once

#include "ir/core/dialect.h"

namespace tpc::ir::tp {

inline constexpr Dialect dialect{"tp", {"none", "scalar", "vector", "matrix", ""}};

}  // namespace tpc::ir::tp
