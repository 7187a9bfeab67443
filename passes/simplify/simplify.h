/// \file Algebraic simplification and constant folding, for either IR, by the rules of simplify_rules.h.
/// Why: derivative rules multiply by 1 and by one scalar after another; powers of the width and constants are gathered
/// in small scalars, so that a large array is multiplied by a scalar at most once. Rounding may change (products are
/// reordered), values may not otherwise; where a power of n leaves a value, its scale (ir::Instruction) keeps it. Dead
/// instructions are dropped. Needs a module that verifies. Shown by: tests/lit/passes/simplify,
/// tests/unit/passes/simplify_test.cpp (against the interpreter).
#pragma once

#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

void simplify(ir::tp::Module& module);
void simplify(ir::limit::Module& module);

/// Only what is known without the program's data: maps of constants, sizes of static dimensions, n^0.
void fold_constants(ir::tp::Module& module);
void fold_constants(ir::limit::Module& module);

}  // namespace tpc::passes
