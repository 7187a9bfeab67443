/// \file States that nothing looks at, by two rules: what training writes for nothing, and what no function mentions.
#pragma once

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Removes every state that is written but does not reach a result of any function, however late, with all that was
/// computed for it: momentum of a weight whose update vanishes, say. States that are never written stay: they are the
/// user's. Shown by: tests/unit/passes/sgd_test.cpp.
void drop_unused_states(ir::limit::Module& module);

/// Removes every state that no instruction refers to, the user's too: of a module that holds a part of the functions
/// they would be drawn, and sampled, for nothing. `first`: those before it stay.
void drop_unmentioned_states(ir::limit::Module& module, size_t first = 0);

}  // namespace tpc::passes
