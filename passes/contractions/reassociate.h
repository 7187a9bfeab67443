/// \file The cheapest order of products of contractions, by the estimate of flops.h.
#pragma once

#include "ir/tp/ir.h"

namespace tpc::passes::contractions {

/// In place. One value after another, the dearest first, is looked through by all products with it, or not any more;
/// this stays where the estimate of the whole function is lower then, until nothing is gained. Never costs more.
void reassociate(ir::tp::Module& module, ir::tp::Function& function);

}  // namespace tpc::passes::contractions
