/// \file Values in a given order of dimensions, which operands of maps and sums need not have, but results and written
/// states do.
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

/// The scalar or vector with its dimensions in the order of `dims`, which are the same ones; itself if it has it.
ir::ValueId in_order(ir::tp::Builder& builder, ir::ValueId value, const std::vector<ir::DimId>& dims);

}  // namespace tpc::passes
