#include "runtime/algebra/symmetric_factor.h"

#include <Eigen/Dense>

namespace tpc::runtime {

SymmetricFactor symmetric_factor(const double* matrix, std::size_t size) {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto rows = static_cast<Eigen::Index>(size);
  const Eigen::Map<const Matrix> symmetric(matrix, rows, rows);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen{Eigen::MatrixXd(symmetric)};
  const Eigen::VectorXd& values = eigen.eigenvalues();  // increasing
  const double smallest = 1e-14 * static_cast<double>(size) * std::max(0.0, values(rows - 1));
  Eigen::Index first = 0;
  while (first < rows && !(values(first) > smallest)) ++first;
  SymmetricFactor factor;
  const Eigen::Index columns = rows - first;
  factor.columns = static_cast<std::size_t>(columns);
  factor.matrix.resize(size * factor.columns);
  Eigen::Map<Matrix>(factor.matrix.data(), rows, columns) =
      eigen.eigenvectors().rightCols(columns) * values.tail(columns).cwiseSqrt().asDiagonal();
  return factor;
}

}  // namespace tpc::runtime
