#include "runtime/algebra/principal_components.h"

#include <Eigen/Dense>

namespace tpc::runtime {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A matrix with the same right singular vectors and at most `size` rows: R of X = QR when there are more rows than
/// columns. (X^T X would lose half of the digits, and the rank with them.)
Eigen::MatrixXd reduced(const Eigen::Map<const Matrix>& rows) {
  if (rows.rows() <= rows.cols()) return rows;
  const Eigen::HouseholderQR<Eigen::MatrixXd> factors(rows);
  return factors.matrixQR().topRows(rows.cols()).triangularView<Eigen::Upper>();
}

}  // namespace

PrincipalComponents principal_components(const double* rows, std::size_t count, std::size_t size) {
  const auto columns = static_cast<Eigen::Index>(size);
  const Eigen::Map<const Matrix> data(rows, static_cast<Eigen::Index>(count), columns);
  const Eigen::BDCSVD<Eigen::MatrixXd> factors(reduced(data), Eigen::ComputeFullV);
  const Eigen::VectorXd& values = factors.singularValues();  // decreasing
  PrincipalComponents result;
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    if (values(i) > 1e-10 * values(0)) ++result.rank;
  }
  result.matrix.resize(size * size);
  Eigen::Map<Matrix>(result.matrix.data(), columns, columns) = factors.matrixV();
  return result;
}

}  // namespace tpc::runtime
