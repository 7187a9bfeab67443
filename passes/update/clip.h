/// \file Clipping of all gradients together by their Euclidean norm.
#pragma once

#include <utility>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

/// Whether the value is one of those that clip_factor takes.
bool is_clippable(const ir::tp::Function& function, ir::ValueId gradient);

/// min(1, clip / |g|) as a scalar[], written clip / (clip + relu(|g| - clip)): no power of the width cancels in it.
/// |g|^2 is the sum of all entries' squares; of a matrix sum_i u_i (x) w_i it is sum_ij (u_i . u_j)(w_i . w_j), the
/// second index along copies of the finite dimensions. `gradients`, by state, are scalars, vectors, and sums and
/// multiples of outer products. Shown by: tests/unit/passes/sgd_test.cpp.
ir::ValueId clip_factor(ir::tp::Builder& builder, double clip,
                        const std::vector<std::pair<ir::StateId, ir::ValueId>>& gradients);

}  // namespace tpc::passes
