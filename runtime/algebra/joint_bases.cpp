#include "runtime/algebra/joint_bases.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace tpc::runtime {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// An orthonormal basis of the leading part of the span of the columns.
Matrix leading_basis(const Eigen::MatrixXd& columns, const RisingThreshold& threshold) {
  if (columns.size() == 0) return Matrix(columns.rows(), 0);
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> factors(columns);
  const Eigen::Index most = std::min(columns.rows(), columns.cols());
  // The rows of R from `count` on are what a basis of `count` columns leaves out.
  Eigen::Index count = most;
  double squares = 0.0;
  while (count > 0) {
    const Eigen::Index row = count - 1;
    squares += factors.matrixQR().row(row).tail(columns.cols() - row).squaredNorm();
    if (std::sqrt(squares) > threshold.at(static_cast<std::size_t>(row))) break;
    --count;
  }
  return factors.householderQ() * Eigen::MatrixXd::Identity(columns.rows(), count);
}

}  // namespace

JointBases joint_bases(const std::vector<const double*>& matrices, std::size_t rows, std::size_t columns,
                       const RisingThreshold& threshold) {
  const auto height = static_cast<Eigen::Index>(rows), width = static_cast<Eigen::Index>(columns);
  const auto count = static_cast<Eigen::Index>(matrices.size());
  Eigen::MatrixXd side_by_side(height, width * count);
  for (Eigen::Index m = 0; m < count; ++m) {
    const Eigen::Map<const Matrix> matrix(matrices[static_cast<std::size_t>(m)], height, width);
    const double norm = matrix.norm();
    side_by_side.middleCols(m * width, width) = matrix * (norm == 0.0 ? 0.0 : 1.0 / norm);
  }
  const Matrix left = leading_basis(side_by_side, threshold);
  // What is left of the matrices has few rows.
  const Eigen::MatrixXd reduced = left.transpose() * side_by_side;
  Eigen::MatrixXd transposed(width, left.cols() * count);
  for (Eigen::Index m = 0; m < count; ++m) {
    transposed.middleCols(m * left.cols(), left.cols()) = reduced.middleCols(m * width, width).transpose();
  }
  const Matrix right = leading_basis(transposed, threshold);
  JointBases result;
  for (Eigen::Index m = 0; m < count; ++m) {
    const double kept = (reduced.middleCols(m * width, width) * right).squaredNorm();
    const double all = side_by_side.middleCols(m * width, width).squaredNorm();
    result.discarded = std::max(result.discarded, std::sqrt(std::max(0.0, all - kept)));
  }
  result.left_count = static_cast<std::size_t>(left.cols());
  result.right_count = static_cast<std::size_t>(right.cols());
  result.left.assign(left.data(), left.data() + left.size());
  result.right.assign(right.data(), right.data() + right.size());
  return result;
}

}  // namespace tpc::runtime
