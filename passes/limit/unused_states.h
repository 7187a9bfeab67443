/// \file States that training writes and nothing ever looks at: momentum of a weight whose update vanishes, say.
#pragma once

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Removes every state that is written but does not reach a result of any function, however late, with all that was
/// computed for it. States that are never written stay: they are the user's. Shown by: tests/unit/passes/sgd_test.cpp.
void drop_unused_states(ir::limit::Module& module);

}  // namespace tpc::passes
