/// \file What the parts of function_writer.h share: small questions about instructions of one function.
#pragma once

#include <string>

#include "ir/core/visit.h"
#include "ir/limit/ir.h"

namespace tpc::equations {

using ir::Overloaded;

inline const ir::limit::Op& op_of(const ir::limit::Function& function, ir::ValueId id) { return function.at(id).op; }

/// "W" or "W^T".
std::string matrix_name(const ir::limit::Module& module, ir::StateId matrix, bool transposed);

}  // namespace tpc::equations
