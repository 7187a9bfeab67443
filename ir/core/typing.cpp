#include "ir/core/typing.h"

#include <algorithm>

#include "ir/core/text_format.h"

namespace tpc::ir {

bool contains_dim(const std::vector<DimId>& dims, DimId dim) {
  return std::find(dims.begin(), dims.end(), dim) != dims.end();
}

std::vector<DimId> union_dims(const std::vector<DimId>& a, const std::vector<DimId>& b) {
  std::vector<DimId> result = a;
  for (DimId dim : b) {
    if (!contains_dim(result, dim)) result.push_back(dim);
  }
  return result;
}

std::vector<DimId> without_dims(const std::vector<DimId>& dims, const std::vector<DimId>& removed) {
  std::vector<DimId> result;
  for (DimId dim : dims) {
    if (!contains_dim(removed, dim)) result.push_back(dim);
  }
  return result;
}

bool same_dims(const std::vector<DimId>& a, const std::vector<DimId>& b) {
  return a.size() == b.size() && std::is_permutation(a.begin(), a.end(), b.begin());
}

bool has_repeated_dim(const std::vector<DimId>& dims) {
  std::vector<DimId> sorted = dims;
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

}  // namespace tpc::ir
