/// \file The losses of the language as operations of TP IR.
#pragma once

#include "frontend/sema/losses.h"
#include "ir/tp/ir.h"

namespace tpc::lowering {

/// The loss of every example, a function of the outputs f along `over` and their targets y alone: f, y : scalar[B,k],
/// in any order of dimensions -> scalar[B].
ir::ValueId example_losses(ir::tp::Builder& builder, sema::Loss loss, ir::ValueId f, ir::ValueId y, ir::DimId over);

}  // namespace tpc::lowering
