/// \file Lengths of the random variables of Limit IR (ir/core/lengths.h): how many coordinates the vectors have of
/// which they are the limit.
#pragma once

#include "ir/core/lengths.h"
#include "ir/limit/ir.h"

namespace tpc::ir::limit {

/// By value. Precondition: the function verifies.
std::vector<Lengths> lengths_of(const Module& module, const Function& function);

}  // namespace tpc::ir::limit
