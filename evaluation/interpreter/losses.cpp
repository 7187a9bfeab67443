#include "evaluation/interpreter/losses.h"

#include <cmath>

#include "base/diag/check.h"
#include "ir/core/typing.h"

namespace tpc::ir::tp::interpreter {
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

/// Output and target with the summed dimension fastest: one column of outputs for each example.
struct Examples {
  Examples(const Array& output_array, const Array& target_array, DimId over, const Sizes& sizes)
      : dims(without_dims(output_array.dims, {over})),
        order(with_last(output_array.dims, over)),
        output(columns(output_array, order, sizes)),
        target(columns(target_array, order, sizes)) {}
  std::vector<DimId> dims, order;
  Eigen::MatrixXd output, target;
};

/// log sum_o exp f_o of every column, without overflow.
Eigen::RowVectorXd log_sum_exp(const Eigen::MatrixXd& outputs) {
  const Eigen::RowVectorXd largest = outputs.colwise().maxCoeff();
  return (outputs.rowwise() - largest).array().exp().colwise().sum().log().matrix() + largest;
}

Eigen::MatrixXd softmax_of_columns(const Eigen::MatrixXd& outputs) {
  return (outputs.rowwise() - log_sum_exp(outputs)).array().exp().matrix();
}

}  // namespace

Array loss(LossKind kind, const Array& output, const Array& target, DimId over, const Sizes& sizes) {
  const Examples examples(output, target, over, sizes);
  if (kind == LossKind::mse) {
    return {examples.dims, 0.5 * (examples.output - examples.target).colwise().squaredNorm()};
  }
  const Eigen::MatrixXd surprise = (-examples.output).rowwise() + log_sum_exp(examples.output);
  return {examples.dims, examples.target.cwiseProduct(surprise).colwise().sum()};
}

Array loss_gradient(LossKind kind, const Array& output, const Array& target, DimId over, const Sizes& sizes) {
  const Examples examples(output, target, over, sizes);
  Eigen::MatrixXd gradient = examples.output;
  if (kind == LossKind::cross_entropy) {
    gradient = softmax_of_columns(examples.output);
    gradient *= examples.target.colwise().sum().asDiagonal();
  }
  gradient -= examples.target;
  return rearranged({examples.order, gradient.reshaped(1, gradient.size())}, output.dims, sizes);
}

Array softmax(const Array& argument, DimId over, const Sizes& sizes) {
  const std::vector<DimId> order = with_last(argument.dims, over);
  const Eigen::MatrixXd values = softmax_of_columns(columns(argument, order, sizes));
  return rearranged({order, values.reshaped(1, values.size())}, argument.dims, sizes);
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

}  // namespace tpc::ir::tp::interpreter
