/// \file Second indices over the same set: a sum over pairs of indices of one dimension needs two of them.
#pragma once

#include <vector>

#include "ir/core/module.h"

namespace tpc::ir {

/// Another dimension of the same size, none of `taken`: B' for B, the first there is, or a new one. Of a dimension
/// without a size it is the twin.
DimId copy_of(std::vector<Dimension>& dims, DimId dim, const std::vector<DimId>& taken);

}  // namespace tpc::ir
