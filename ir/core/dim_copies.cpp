#include "ir/core/dim_copies.h"

#include <algorithm>

#include "ir/core/typing.h"

namespace tpc::ir {

DimId copy_of(std::vector<Dimension>& dims, DimId dim, const std::vector<DimId>& taken) {
  Dimension copy = dims[dim.index];
  if (!copy.size && !copy.twin_of.valid()) copy.twin_of = dim;
  for (copy.name += "'";; copy.name += "'") {
    const auto found = std::find(dims.begin(), dims.end(), copy);
    const DimId id(static_cast<size_t>(found - dims.begin()));
    if (found != dims.end() && contains_dim(taken, id)) continue;
    const bool name_is_free = std::ranges::find(dims, copy.name, &Dimension::name) == dims.end();
    if (found == dims.end() && !name_is_free) continue;
    if (found == dims.end()) dims.push_back(copy);
    return id;
  }
}

}  // namespace tpc::ir
