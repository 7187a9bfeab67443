#include "runtime/algebra/row_factor.h"

#include <Eigen/Dense>
#include <cmath>

namespace tpc::runtime {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

RowFactor::RowFactor(const std::vector<double>& gram, std::size_t rows, double least) : rows_(rows) {
  const auto count = static_cast<Eigen::Index>(rows);
  const Eigen::Map<const Matrix> lower_half(gram.data(), count, count);
  const Matrix products = lower_half.selfadjointView<Eigen::Lower>();
  const Eigen::VectorXd squares = products.diagonal();
  Eigen::VectorXd left = squares;  // of every row: the square of what the family does not hold yet
  Eigen::MatrixXd lower(count, count);
  for (Eigen::Index rank = 0; rank < count; ++rank) {
    Eigen::Index source = 0;
    const double largest = (squares.array() > 0.0).select(left.array() / squares.array(), 0.0).maxCoeff(&source);
    if (!(largest > least * least)) break;
    lower.col(rank) = products.col(source);
    lower.col(rank).noalias() -= lower.leftCols(rank) * lower.row(source).head(rank).transpose();
    lower.col(rank) /= std::sqrt(left[source]);
    left.array() -= lower.col(rank).array().square();
    left[source] = 0.0;
    sources_.push_back(static_cast<std::size_t>(source));
  }
  const auto rank = static_cast<Eigen::Index>(sources_.size());
  lower_.resize(rows * sources_.size());
  Eigen::Map<Matrix>(lower_.data(), count, rank) = lower.leftCols(rank);
}

std::vector<double> RowFactor::combination(const std::vector<double>& u, std::size_t columns) const {
  std::vector<double> result(columns * rows_, 0.0);
  if (result.empty() || rank() == 0) return result;  // Eigen's solver takes addresses of first elements
  const auto size = static_cast<Eigen::Index>(rank()), width = static_cast<Eigen::Index>(columns);
  const Eigen::Map<const Matrix> lower(lower_.data(), static_cast<Eigen::Index>(rows_), size);
  Matrix triangle = Matrix::Zero(size, size);
  for (Eigen::Index j = 0; j < size; ++j) {
    triangle.row(j).head(j + 1) =
        lower.row(static_cast<Eigen::Index>(sources_[static_cast<std::size_t>(j)])).head(j + 1);
  }
  // E = triangle^-1 X over the sources, so T^T = triangle^-T U.
  const Matrix solved =
      triangle.transpose().triangularView<Eigen::Upper>().solve(Eigen::Map<const Matrix>(u.data(), size, width));
  for (std::size_t j = 0; j < sources_.size(); ++j) {
    for (std::size_t column = 0; column < columns; ++column) {
      result[column * rows_ + sources_[j]] = solved(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(column));
    }
  }
  return result;
}

}  // namespace tpc::runtime
