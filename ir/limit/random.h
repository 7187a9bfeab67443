/// \file Which values of Limit IR are random variables Z (Kind::vector); all others are numbers.
#pragma once

#include "ir/limit/ir.h"

namespace tpc::ir::limit {

inline bool is_random(const Function& function, ValueId id) { return function.type(id).kind == Kind::vector; }

/// Random variables of two points.
inline bool is_pair(const Function& function, ValueId id) { return function.type(id).kind == Kind::pair; }

/// Whether some value of the function, or of any function, is a random variable.
bool has_random_variables(const Function& function);
bool has_random_variables(const Module& module);

}  // namespace tpc::ir::limit
