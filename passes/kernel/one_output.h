/// \file The network with one output, standing for all of them: without the axis of the outputs.
///
/// Outputs are exchangeable if that axis comes from weights only (row o of V belongs to output o) and nothing sums,
/// renames or picks along it. Then f_o is the same function of row o for every o, and one output is enough.
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes::kernel {

struct OneOutput {
  ir::tp::Module module;     ///< the states that the network reads, and `predict` with the result output : scalar[B]
  ir::DimId batch;           ///< B
  std::vector<bool> by_row;  ///< by StateId: every output has its own independent row of the state (never if k = 1)
  bool several = false;      ///< k > 1
};

/// Precondition: the module has the function `predict`. Throws NoKernel where the outputs are not exchangeable.
OneOutput one_output(const ir::tp::Module& module);

}  // namespace tpc::passes::kernel
