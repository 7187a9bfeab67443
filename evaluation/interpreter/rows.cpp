#include "evaluation/interpreter/rows.h"

#include <algorithm>
#include <unordered_set>

#include "base/diag/check.h"
#include "evaluation/interpreter/parallel.h"
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

}  // namespace

GatheredRows::GatheredRows(const Shape& table, const Shape& index, DimId dim, const std::vector<DimId>& result,
                           const Sizes& sizes)
    : rows_(table.rows),
      size_(sizes.of(dim)),
      stride_(stride_of(table.dims, dim, sizes)),
      index_columns_(columns_of(index.dims, result, sizes)),
      table_columns_(columns_of(table.dims, result, sizes)) {}

void GatheredRows::run(const double* table, const double* index, double* result) const {
  const auto count = static_cast<Index>(index_columns_.size());
  for_each_index(count, count * rows_, [&](Index p) {
    const auto at = static_cast<size_t>(p);
    const Index place = checked(index[index_columns_[at]], size_);
    double* column = result + p * rows_;
    if (place < 0) {
      std::fill_n(column, rows_, 0.0);
    } else {
      std::copy_n(table + (table_columns_[at] + place * stride_) * rows_, rows_, column);
    }
  });
}

AddedRows::AddedRows(const Shape& value, const Shape& index, DimId dim, const Shape& target, const Sizes& sizes)
    : rows_(value.rows), size_(sizes.of(dim)), stride_(stride_of(target.dims, dim, sizes)) {
  const std::vector<DimId> walked = union_dims(index.dims, value.dims);
  value_columns_ = columns_of(value.dims, walked, sizes);
  index_columns_ = columns_of(index.dims, walked, sizes);
  target_columns_ = columns_of(target.dims, walked, sizes);
}

void AddedRows::run(const double* value, const double* index, double* target) const {
  for (size_t p = 0; p < value_columns_.size(); ++p) {
    const Index place = checked(index[index_columns_[p]], size_);
    if (place < 0) continue;
    const double* from = value + value_columns_[p] * rows_;
    double* to = target + (target_columns_[p] + place * stride_) * rows_;
    for (Index row = 0; row < rows_; ++row) to[row] += from[row];
  }
}

void present(const double* index, Index count, double* result) {
  std::transform(index, index + count, result, [](double place) { return place >= 0.0 ? 1.0 : 0.0; });
}

void first_occurrence(const Numbers& index, const std::vector<Numbers>& earlier, double* result) {
  std::unordered_set<int64_t> seen;
  for (const Numbers& list : earlier) {
    for (Index i = 0; i < list.count; ++i) seen.insert(static_cast<int64_t>(list.data[i]));
  }
  std::transform(index.data, index.data + index.count, result, [&](double place) {
    return place >= 0.0 && seen.insert(static_cast<int64_t>(place)).second ? 1.0 : 0.0;
  });
}

}  // namespace tpc::evaluation::interpreter
