/// \file The function `criterion` of a TP IR module that is trained: the loss of every example as a function of the
/// network's output alone, so that gradients can be cut there. It reads the output as a data field besides the data's
/// own and no state; result "losses": scalar[B], each of which depends on its own row of the output. The function
/// `loss` computes their mean from the weights.
#pragma once

namespace tpc::ir::tp {

/// The field f : scalar[B,k]; no field of a file has a space in its name.
inline constexpr const char* criterion_output = "network output";

}  // namespace tpc::ir::tp
