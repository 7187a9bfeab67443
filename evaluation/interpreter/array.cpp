#include "evaluation/interpreter/array.h"

#include <algorithm>

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

const Eigen::MatrixXd& arranged(const Array& array, const std::vector<DimId>& dims, const Sizes& sizes,
                                Eigen::MatrixXd& storage) {
  if (array.dims == dims) return array.values;
  const std::vector<Index> columns = columns_of(array.dims, dims, sizes);
  storage.resize(array.values.rows(), static_cast<Index>(columns.size()));
  for (Index p = 0; p < storage.cols(); ++p) storage.col(p) = array.values.col(columns[static_cast<size_t>(p)]);
  return storage;
}

Array rearranged(Array array, const std::vector<DimId>& dims, const Sizes& sizes) {
  if (array.dims == dims) return array;
  Array result{dims, {}};
  arranged(array, dims, sizes, result.values);
  return result;
}

Array sum_over(const Array& array, const std::vector<DimId>& over, const Sizes& sizes) {
  if (over.empty()) return array;
  Array result{without_dims(array.dims, over), {}};
  result.values.setZero(array.values.rows(), sizes.product(result.dims));
  const std::vector<Index> columns = columns_of(result.dims, array.dims, sizes);
  for (Index p = 0; p < array.values.cols(); ++p) {
    result.values.col(columns[static_cast<size_t>(p)]) += array.values.col(p);
  }
  return result;
}

}  // namespace tpc::evaluation::interpreter
