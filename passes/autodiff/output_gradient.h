/// \file The derivative of the loss by the network's output, through the function `criterion` (ir/tp/criterion.h).
#pragma once

#include <string>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

/// The mean L of the losses l of the examples, and dL/df = χ / B with χ = dl/df (ir::output_error_name). Like any
/// adjoint χ may lack dimensions of f (reverse.h).
struct OutputGradient {
  ir::ValueId loss;
  ir::ValueId gradient;
};

/// Why the criterion of a module cannot stand after an output with this batch and axis (in any order): that is not what
/// its field is, or its losses do not depend on it differentiably. Empty: it can.
std::string criterion_fault(const ir::tp::Function& criterion, const std::vector<ir::DimId>& output_dims);

/// Precondition: criterion_fault finds nothing. Appends the criterion at the output f : scalar[B,k] (in any order of
/// dimensions) to the builder's function, and the mean of its losses with their derivative by f.
OutputGradient insert_criterion(ir::tp::Builder& builder, const ir::tp::Function& criterion, ir::ValueId output);

}  // namespace tpc::passes
