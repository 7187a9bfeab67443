/// \file The entries of an initial Gaussian matrix where a function of entries meets them.
#pragma once

#include <string>

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Entries of an n x n matrix W_0 are to everything else fresh noise: what a function makes of one of them has the size
/// of one entry, and in the limit only its mean acts, E_z of the function at a standard normal number z for each pair.
/// This makes the z (pair), which is called `name`, of two Gaussian vectors that nothing else reads: with u uniform on
/// a circle,
///   z(w, w') = sqrt(-2 log U) cos(u_2(w) + u_2(w')),  U = 1/2 + asin(cos(u_1(w) + u_1(w'))) / pi,
/// is standard normal for w' and every fixed w, and for w and every fixed w' (Box and Muller). An expectation over one
/// of both points, and the limit takes no other of functions of pairs, is then over z as well.
ir::ValueId entry_noise(ir::limit::Builder& builder, ir::StateId first, ir::StateId second, const std::string& name);

}  // namespace tpc::passes
