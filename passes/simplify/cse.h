/// \file Common subexpressions: of instructions with the same operation, operands, type and scale only the first stays
/// (values of other scales stand for different things: the sum over the width in v . z and in mean(v * z)).
/// Why: every use of a parameter reads it again, and derivatives recompute what the forward pass has. Operations are
/// pure but for Write and Append, which stay; all reads of a step see the same old value. Products and sums are found
/// with operands in either order. Needs a module that verifies.
/// Shown by: tests/lit/passes/cse, tests/unit/passes/simplify_test.cpp.
#pragma once

#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

void eliminate_common_subexpressions(ir::tp::Module& module);
void eliminate_common_subexpressions(ir::limit::Module& module);

/// Of one function, which may stand outside of the module.
void eliminate_common_subexpressions(ir::tp::Module& module, ir::tp::Function& function);

}  // namespace tpc::passes
