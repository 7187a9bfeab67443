/// \file The estimate by which contractions are ordered: multiplications and additions of one run of a function.
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes::contractions {

/// Sizes that nobody knows yet: an extent is a batch, the width is large.
inline constexpr double assumed_extent = 32;
inline constexpr double assumed_width = 4096;

/// The number of entries of an array of this type.
double entries(const ir::tp::Module& module, const ir::Type& type);

/// Of a sum of products over all these indices.
inline double flops_of_products(const ir::tp::Module& module, const ir::Type& space) {
  return 2 * entries(module, space);
}

double flops(const ir::tp::Module& module, const ir::tp::Function& function, const ir::tp::Instruction& instruction);
/// Of all instructions of the function. Renaming and reading cost nothing, a function of an entry a few operations.
double flops(const ir::tp::Module& module, const ir::tp::Function& function);

}  // namespace tpc::passes::contractions
