/// \file Products with matrices that have finite dimensions, multiplied out: (W - e sum_s l_s (x) r_s) z =
/// W z - e sum_s l_s (r_s . z). What is left multiplies matrices without finite dimensions only.
#pragma once

#include "ir/tp/ir.h"

namespace tpc::passes::contractions {

/// In place, every such product of the function; n^2 numbers for each index of the matrix are never formed.
void multiply_out_matrices(ir::tp::Module& module, ir::tp::Function& function);

}  // namespace tpc::passes::contractions
