#include "evaluation/interpreter/extent_sizes.h"

#include <algorithm>
#include <set>

#include "base/diag/check.h"

namespace tpc::evaluation::interpreter {

ExtentSizes::ExtentSizes(const Module& module, const Function& function) : module_(module), extents_(module, function) {
  std::set<DimId> besides_twins;
  for (DimId extent : extents_.used()) besides_twins.insert(module.untwinned(extent));
  alone_ = besides_twins.size() == 1;
}

Index ExtentSizes::size_of(DimId extent, const Batch& batch) const {
  const Dimension& dim = module_.dim(extent);
  if (!batch.extents.empty()) {
    const auto named = batch.extents.find(dim.name);
    if (named != batch.extents.end()) return named->second;
  }
  if (dim.twin_of.valid()) return size_of(dim.twin_of, batch);
  TPC_CHECK(alone_, "the batch does not say the size of " + dim.name);
  return batch.count;
}

Sizes ExtentSizes::of(const Batch& batch) const {
  std::vector<Index> sizes(module_.dims.size(), 0);
  for (DimId extent : extents_.used()) {
    sizes[extent.index] = size_of(extent, batch);
    TPC_CHECK(sizes[extent.index] >= 0, "the size of " + module_.dim(extent).name + " is negative");
  }
  for (size_t i = 0; i < sizes.size(); ++i) {
    const auto& size = module_.dims[i].size;
    if (size || extents_.of(DimId(i)) != DimId(i)) sizes[i] = size ? *size : sizes[extents_.of(DimId(i)).index];
  }
  return Sizes(std::move(sizes));
}

}  // namespace tpc::evaluation::interpreter
