/// \file Checked program -> TP IR at finite width, exact semantics: functions `predict` (result "output": scalar[B,k]),
/// `loss` (result "loss": scalar[], the batch mean) if there is a train block, `criterion` (ir/tp/criterion.h) if its
/// loss depends on the weights through the output alone, and `observe_<i>` (result "value"). If it does not, "output"
/// is a result of `loss`, too. A def is written for one example; every data field gets the batch dimension B in front.
/// An abc-parametrized weight is n^{-a} * read @w: the powers of n stand in the program as `width_power`.
#pragma once

#include <string>
#include <vector>

#include "frontend/sema/program.h"
#include "ir/tp/calls.h"
#include "ir/tp/ir.h"

namespace tpc::lowering {

ir::tp::Module lower(const sema::Program& program);

/// The same, and where in its functions the def of this name is called, one that is checked once (RowFunction).
struct WithCalls {
  ir::tp::Module module;
  ir::tp::CallsByFunction calls;
};
WithCalls lower_with_calls(const sema::Program& program, const std::string& definition);

/// Targets of the program's losses that are made of data fields, arrays with one axis: a module of a function each,
/// with the result "value": scalar[B,k].
ir::tp::Module lower_targets(const sema::Program& program, const std::vector<sema::TermId>& targets);

}  // namespace tpc::lowering
