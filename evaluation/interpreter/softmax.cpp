#include "evaluation/interpreter/softmax.h"

#include <cmath>

#include "base/diag/check.h"
#include "ir/core/typing.h"

namespace tpc::evaluation::interpreter {
namespace {

/// The array with the last dimension of `order` fastest: one column for each index over the others.
Eigen::MatrixXd columns(const Array& array, const std::vector<DimId>& order, const Sizes& sizes) {
  Eigen::MatrixXd storage;
  const Eigen::MatrixXd& values = arranged(array, order, sizes, storage);
  return values.reshaped(sizes.of(order.back()), values.size() / sizes.of(order.back()));
}

std::vector<DimId> with_last(const std::vector<DimId>& dims, DimId last) {
  std::vector<DimId> order = without_dims(dims, {last});
  order.push_back(last);
  return order;
}

/// log sum_j exp x_j of every column, without overflow.
Eigen::RowVectorXd log_sum_exp_of_columns(const Eigen::MatrixXd& values) {
  const Eigen::RowVectorXd largest = values.colwise().maxCoeff();
  return (values.rowwise() - largest).array().exp().colwise().sum().log().matrix() + largest;
}

Eigen::MatrixXd softmax_of_columns(const Eigen::MatrixXd& values) {
  return (values.rowwise() - log_sum_exp_of_columns(values)).array().exp().matrix();
}

}  // namespace

Array softmax(const Array& argument, DimId over, const Sizes& sizes) {
  const std::vector<DimId> order = with_last(argument.dims, over);
  const Eigen::MatrixXd values = softmax_of_columns(columns(argument, order, sizes));
  return rearranged({order, values.reshaped(1, values.size())}, argument.dims, sizes);
}

Array log_sum_exp(const Array& argument, DimId over, const Sizes& sizes) {
  const std::vector<DimId> order = with_last(argument.dims, over);
  return {without_dims(argument.dims, {over}), log_sum_exp_of_columns(columns(argument, order, sizes))};
}

Array one_hot(const Array& indices, DimId dim, const Sizes& sizes) {
  Array result{indices.dims, {}};
  result.dims.push_back(dim);
  result.values.setZero(1, indices.values.size() * sizes.of(dim));
  for (Index p = 0; p < indices.values.size(); ++p) {
    const double value = indices.values(p);
    TPC_CHECK(value >= 0 && value < static_cast<double>(sizes.of(dim)) && value == std::floor(value),
              "a class index is outside its range");
    result.values(p * sizes.of(dim) + static_cast<Index>(value)) = 1.0;
  }
  return result;
}

}  // namespace tpc::evaluation::interpreter
