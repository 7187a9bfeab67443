#include "ir/tp/interpreter/losses.h"

#include <cmath>

#include "frontend/diag/check.h"
#include "ir/core/typing.h"

namespace tpc::ir::tp::interpreter {
namespace {

/// Output and target with the summed dimension fastest: one column of outputs for each example.
struct Examples {
  Examples(const Array& output_array, const Array& target_array, DimId over, const Sizes& sizes)
      : dims(without_dims(output_array.dims, {over})), order(dims) {
    order.push_back(over);
    output = matrix(output_array, sizes);
    target = matrix(target_array, sizes);
  }
  std::vector<DimId> dims, order;
  Eigen::MatrixXd output, target;

 private:
  [[nodiscard]] Eigen::MatrixXd matrix(const Array& array, const Sizes& sizes) const {
    Eigen::MatrixXd storage;
    const Eigen::MatrixXd& values = arranged(array, order, sizes, storage);
    return values.reshaped(sizes.of(order.back()), sizes.product(dims));
  }
};

/// log sum_o exp f_o of every column, without overflow.
Eigen::RowVectorXd log_sum_exp(const Eigen::MatrixXd& outputs) {
  const Eigen::RowVectorXd largest = outputs.colwise().maxCoeff();
  return (outputs.rowwise() - largest).array().exp().colwise().sum().log().matrix() + largest;
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
    gradient = (examples.output.rowwise() - log_sum_exp(examples.output)).array().exp().matrix();
    gradient *= examples.target.colwise().sum().asDiagonal();
  }
  gradient -= examples.target;
  return rearranged({examples.order, gradient.reshaped(1, gradient.size())}, output.dims, sizes);
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
