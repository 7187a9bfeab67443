#include "evaluation/interpreter/array.h"

#include <algorithm>
#include <numeric>

#include "evaluation/interpreter/parallel.h"
#include "ir/core/typing.h"

namespace tpc::evaluation::interpreter {

Index Sizes::product(const std::vector<DimId>& dims) const {
  Index result = 1;
  for (DimId dim : dims) result *= of(dim);
  return result;
}

std::vector<Index> columns_of(const std::vector<DimId>& dims, const std::vector<DimId>& walked, const Sizes& sizes) {
  std::vector<Index> result{0};
  for (DimId dim : walked) {
    // The distance in columns between neighbours along this dimension, 0 along a missing one.
    auto found = std::find(dims.begin(), dims.end(), dim);
    const Index stride = found == dims.end() ? 0 : sizes.product({found + 1, dims.end()});
    std::vector<Index> refined;
    refined.reserve(result.size() * static_cast<size_t>(sizes.of(dim)));
    for (Index base : result) {
      for (Index i = 0; i < sizes.of(dim); ++i) refined.push_back(base + i * stride);
    }
    result = std::move(refined);
  }
  return result;
}

Arrangement::Arrangement(const Shape& shape, const std::vector<DimId>& order, const Sizes& sizes) : rows_(shape.rows) {
  if (shape.dims == order) return;
  columns_ = columns_of(shape.dims, order, sizes);
  Index next = 0;
  const bool same = static_cast<Index>(columns_.size()) == shape.columns(sizes) &&
                    std::all_of(columns_.begin(), columns_.end(), [&](Index column) { return column == next++; });
  if (same) columns_.clear();
}

void Arrangement::copy(const double* from, double* to) const {
  if (rows_ == 1) {
    for (const Index column : columns_) *to++ = from[column];
    return;
  }
  const auto count = static_cast<Index>(columns_.size());
  for_each_index(count, count * rows_,
                 [&](Index p) { std::copy_n(from + columns_[static_cast<size_t>(p)] * rows_, rows_, to + p * rows_); });
}

const double* Arrangement::arranged(const double* from, Buffer& storage) const {
  if (none()) return from;
  double* copied = storage.of_size(static_cast<Index>(columns_.size()) * rows_);
  copy(from, copied);
  return copied;
}

Sum::Sum(const Shape& shape, const std::vector<DimId>& over, const Sizes& sizes)
    : result_{without_dims(shape.dims, over), shape.rows}, result_numbers_(result_.numbers(sizes)) {
  const auto is_summed = [&](DimId dim) { return contains_dim(over, dim); };
  const auto begin = std::find_if(shape.dims.begin(), shape.dims.end(), is_summed);
  const auto end = std::find_if_not(begin, shape.dims.end(), is_summed);
  if (std::none_of(end, shape.dims.end(), is_summed)) {
    outer_ = sizes.product({shape.dims.begin(), begin});
    summed_ = sizes.product({begin, end});
    inner_ = sizes.product({end, shape.dims.end()}) * shape.rows;
  } else {
    columns_ = columns_of(result_.dims, shape.dims, sizes);
  }
}

void Sum::run(const double* from, double* to) const {
  using Numbers = Eigen::Map<Eigen::ArrayXd>;
  using ConstNumbers = Eigen::Map<const Eigen::ArrayXd>;
  if (!columns_.empty()) {
    std::fill_n(to, result_numbers_, 0.0);
    for (const Index column : columns_) {
      Numbers(to + column * result_.rows, result_.rows) += ConstNumbers(from, result_.rows);
      from += result_.rows;
    }
    return;
  }
  for_each_index(outer_, outer_ * summed_ * inner_, [&](Index o) {
    const double* first = from + o * summed_ * inner_;
    if (inner_ == 1) {
      to[o] = ConstNumbers(first, summed_).sum();
      return;
    }
    Numbers sum(to + o * inner_, inner_);
    sum.setZero();
    for (Index s = 0; s < summed_; ++s) sum += ConstNumbers(first + s * inner_, inner_);
  });
}

}  // namespace tpc::evaluation::interpreter
