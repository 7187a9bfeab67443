#include "evaluation/interpreter/rows.h"

#include <algorithm>
#include <unordered_set>

#include "base/diag/check.h"
#include "ir/core/typing.h"

namespace tpc::evaluation::interpreter {
namespace {

/// The distance in columns between neighbours along a dimension that the array has.
Index stride_of(const std::vector<DimId>& dims, DimId dim, const Sizes& sizes) {
  return sizes.product({std::find(dims.begin(), dims.end(), dim) + 1, dims.end()});
}

Index checked(double index, Index size) {
  const auto place = static_cast<Index>(index);
  TPC_CHECK(static_cast<double>(place) == index && place >= -1 && place < size, "an index outside of its dimension");
  return place;
}

/// target (with `dim`) += value, at every index over both: along `dim` at the place that the index says.
void add_at(const Array& value, const Array& index, DimId dim, const Sizes& sizes, Array& target) {
  const std::vector<DimId> walked = union_dims(index.dims, value.dims);
  const std::vector<Index> from = columns_of(value.dims, walked, sizes);
  const std::vector<Index> at = columns_of(index.dims, walked, sizes);
  const std::vector<Index> to = columns_of(target.dims, walked, sizes);
  const Index stride = stride_of(target.dims, dim, sizes);
  for (size_t p = 0; p < from.size(); ++p) {
    const Index place = checked(index.values(0, at[p]), sizes.of(dim));
    if (place >= 0) target.values.col(to[p] + place * stride) += value.values.col(from[p]);
  }
}

}  // namespace

Array gather(const Array& table, const Array& index, DimId dim, const Sizes& sizes) {
  Array result{union_dims(index.dims, without_dims(table.dims, {dim})), {}};
  const std::vector<Index> at = columns_of(index.dims, result.dims, sizes);
  const std::vector<Index> from = columns_of(table.dims, result.dims, sizes);
  const Index stride = stride_of(table.dims, dim, sizes);
  result.values.resize(table.values.rows(), static_cast<Index>(at.size()));
  for (size_t p = 0; p < at.size(); ++p) {
    auto column = result.values.col(static_cast<Index>(p));
    const Index place = checked(index.values(0, at[p]), sizes.of(dim));
    if (place < 0) {
      column.setZero();
    } else {
      column = table.values.col(from[p] + place * stride);
    }
  }
  return result;
}

Array scatter(const Array& value, const Array& index, DimId dim, const std::vector<DimId>& over, const Sizes& sizes) {
  Array result{without_dims(union_dims(index.dims, value.dims), over), {}};
  result.dims.insert(result.dims.begin(), dim);
  result.values.setZero(value.values.rows(), sizes.product(result.dims));
  add_at(value, index, dim, sizes, result);
  return result;
}

Array present(const Array& index) {
  return {index.dims, index.values.unaryExpr([](double place) { return place >= 0.0 ? 1.0 : 0.0; })};
}

Array first_occurrence(const Array& index, const std::vector<const Array*>& earlier) {
  std::unordered_set<int64_t> seen;
  for (const Array* list : earlier) {
    for (const double place : list->values.reshaped()) seen.insert(static_cast<int64_t>(place));
  }
  return {index.dims, index.values.unaryExpr([&](double place) {
            return place >= 0.0 && seen.insert(static_cast<int64_t>(place)).second ? 1.0 : 0.0;
          })};
}

void add_rows(const Array& value, const Array& index, DimId dim, const Sizes& sizes, Array& state) {
  add_at(value, index, dim, sizes, state);
}

}  // namespace tpc::evaluation::interpreter
