/// \file What the analysis of powers of the width looks at where the loss sees more of the weights than the output: a
/// second network, a penalty on hidden vectors. Shown by: tests/lit/driver/several_losses.tp.
#pragma once

#include "ir/tp/ir.h"

namespace tpc::passes {

/// The module for `analyze_width`, `classify` and the search for parametrizations: if "output" is a result of `loss`
/// (frontend/lowering/lower.h), the function `predict` computes all that the loss is made of, and its result is the
/// output still. Else as it is.
ir::tp::Module with_whole_forward(ir::tp::Module module);

}  // namespace tpc::passes
