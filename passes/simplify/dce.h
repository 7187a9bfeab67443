/// \file Dead code: drops every instruction that no result and no effect (Write, Append) needs.
/// Why: derivative rules and rewriting build values that turn out unused. Needs a module that verifies.
/// Shown by: tests/lit/passes/dce, tests/unit/passes/simplify_test.cpp.
#pragma once

#include <vector>

#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

void eliminate_dead_code(ir::tp::Module& module);
void eliminate_dead_code(ir::limit::Module& module);

void eliminate_dead_code(ir::tp::Function& function);
void eliminate_dead_code(ir::limit::Function& function);

/// By ValueId: whether the instruction would stay.
std::vector<bool> live_instructions(const ir::tp::Function& function);
std::vector<bool> live_instructions(const ir::limit::Function& function);

}  // namespace tpc::passes
