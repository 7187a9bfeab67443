/// \file What the parts of function_writer.h share: small questions about instructions of one function.
#pragma once

#include <optional>
#include <string>

#include "ir/core/visit.h"
#include "ir/limit/ir.h"

namespace tpc::equations {

using ir::Overloaded;

inline const ir::limit::Op& op_of(const ir::limit::Function& function, ir::ValueId id) { return function.at(id).op; }

/// The place of x that sum_j x_j 1(place, j) picks, or nothing if `op` is no such sum.
std::optional<int64_t> picked_place(const ir::limit::Function& function, const ir::Contract& op);

/// "W" or "W^T".
std::string matrix_name(const ir::limit::Module& module, ir::StateId matrix, bool transposed);

}  // namespace tpc::equations
