/// \file The power of the width by which an entrywise optimizer's gradients are multiplied before it sees them.
#pragma once

#include "ir/tp/ir.h"
#include "passes/width/width_analysis.h"

namespace tpc::passes {

/// Sets d of every state that has a gradient and none yet, so that the optimizer sees numbers of order one: d = -gamma,
/// where entries of the gradient by w are Theta(n^gamma) at late steps (Yang and Littwin 2023, lemma 2.8.11:
/// "faithful"); at the first step if training is unstable. gamma is that of sign descent, whose updates have the size
/// of every entrywise optimizer's at a faithful point, whatever d. Preconditions: the module has the functions
/// `gradient` and `predict`. Shown by: tests/unit/passes/entrywise_test.cpp.
void choose_gradient_scales(ir::tp::Module& module);

/// The power of n of a value of `step` that an optimizer sees: at late steps, or at the first one if training is
/// unstable.
ir::Exponent seen_exponent(const WidthAnalysis& analysis, ir::ValueId value);

}  // namespace tpc::passes
