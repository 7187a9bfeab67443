/// \file A function of one batch of inputs and the same function of a second one, side by side.
#pragma once

#include <map>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes::kernel {

/// The twin B' of the batch. Added to the module if it is not there.
ir::DimId second_batch(ir::tp::Module& module, ir::DimId batch);

/// Appends the instructions up to now once more, for the second batch: data fields become their twins, batch becomes
/// `other`; `copies`: states that are read as other states. Returns, by ValueId, where each value is found on the
/// second side: itself if it depends on neither data nor copied states.
std::vector<ir::ValueId> append_second_side(ir::tp::Builder& builder, ir::DimId batch, ir::DimId other,
                                            const std::map<ir::StateId, ir::StateId>& copies = {});

/// The observation (its pairs made by a relabelling of the batch to B') with the second factor computed from x'.
ir::tp::Function two_sided(ir::tp::Module& module, const ir::tp::Function& observation, ir::DimId batch);

}  // namespace tpc::passes::kernel
