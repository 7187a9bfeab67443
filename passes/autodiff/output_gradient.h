/// \file The derivative of the loss by the network's output, through the function `criterion` (ir/tp/criterion.h).
#pragma once

#include "ir/tp/ir.h"

namespace tpc::passes {

/// The mean L of the losses l of the examples, and dL/df = χ / B with χ = dl/df (ir::output_error_name). Like any
/// adjoint χ may lack dimensions of f (reverse.h).
struct OutputGradient {
  ir::ValueId loss;
  ir::ValueId gradient;
};

/// Appends the criterion at the output f : scalar[B,k] (in any order of dimensions) to the builder's function, and the
/// mean of its losses with their derivative by f.
OutputGradient insert_criterion(ir::tp::Builder& builder, const ir::tp::Function& criterion, ir::ValueId output);

}  // namespace tpc::passes
