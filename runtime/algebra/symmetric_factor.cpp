#include "runtime/algebra/symmetric_factor.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "runtime/algebra/gemm.h"

namespace tpc::runtime {
namespace {

constexpr std::size_t panel = 64;  // columns between two updates of the rest of the matrix

double cutoff(std::size_t size, double largest) { return 1e-14 * static_cast<double>(size) * std::max(0.0, largest); }

/// Cholesky factors with complete pivoting, in panels (as LAPACK's dpstrf does it): P A P^T = L L^T up to the cutoff.
class PivotedCholesky {
 public:
  PivotedCholesky(const double* matrix, std::size_t size)
      : size_(size), rest_(matrix, matrix + size * size), factor_(size * size), diagonal_(size), order_(size) {
    for (std::size_t i = 0; i < size; ++i) {
      diagonal_[i] = rest_[i * size + i];
      for (std::size_t j = 0; j < i; ++j) rest_[j * size + i] = rest_[i * size + j];
    }
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    cutoff_ = cutoff(size, *std::max_element(diagonal_.begin(), diagonal_.end()));
  }

  /// Empty if the matrix is indefinite beyond rounding.
  std::optional<SymmetricFactor> run() {
    bool complete = false;
    for (std::size_t first = 0; first < size_ && !complete; first += panel) {
      const std::size_t last = std::min(size_, first + panel);
      while (columns_ < last && !complete) complete = !add_column(first);
      if (!complete) update_rest(first, last);
    }
    const bool indefinite = std::any_of(diagonal_.begin() + static_cast<std::ptrdiff_t>(columns_), diagonal_.end(),
                                        [&](double value) { return value < -cutoff_; });
    return indefinite ? std::nullopt : std::optional(result());
  }

 private:
  /// False if nothing above the cutoff is left.
  bool add_column(std::size_t first) {
    const std::size_t k = columns_;
    const auto pivot = std::max_element(diagonal_.begin() + static_cast<std::ptrdiff_t>(k), diagonal_.end());
    if (!(*pivot > cutoff_)) return false;
    exchange(k, static_cast<std::size_t>(pivot - diagonal_.begin()));
    const double root = std::sqrt(diagonal_[k]);
    double* own = factor_.data() + k * size_;
    own[k] = root;
    for (std::size_t i = k + 1; i < size_; ++i) {
      double* row = factor_.data() + i * size_;
      row[k] = (rest_[k * size_ + i] - std::inner_product(own + first, own + k, row + first, 0.0)) / root;
      diagonal_[i] -= row[k] * row[k];
    }
    ++columns_;
    return true;
  }

  void exchange(std::size_t i, std::size_t j) {
    if (i == j) return;
    std::swap(diagonal_[i], diagonal_[j]);
    std::swap(order_[i], order_[j]);
    std::swap_ranges(factor_.data() + i * size_, factor_.data() + i * size_ + columns_, factor_.data() + j * size_);
    std::swap_ranges(rest_.data() + i * size_, rest_.data() + (i + 1) * size_, rest_.data() + j * size_);
    for (std::size_t row = 0; row < size_; ++row) std::swap(rest_[row * size_ + i], rest_[row * size_ + j]);
  }

  /// rest -= L L^T of the panel, where it is still needed.
  void update_rest(std::size_t first, std::size_t last) {
    const double* rows = factor_.data() + last * size_ + first;
    threaded_gemm(Layout::plain, Layout::transposed, size_ - last, size_ - last, last - first, -1.0, rows, size_, rows,
                  size_, 1.0, rest_.data() + last * (size_ + 1), size_);
  }

  [[nodiscard]] SymmetricFactor result() const {
    SymmetricFactor factor{columns_, std::vector<double>(size_ * columns_)};
    for (std::size_t i = 0; i < size_; ++i) {
      std::copy_n(factor_.data() + i * size_, columns_, factor.matrix.data() + order_[i] * columns_);
    }
    return factor;
  }

  std::size_t size_;
  std::size_t columns_ = 0;
  std::vector<double> rest_, factor_;
  std::vector<double> diagonal_;    ///< of what is not factored yet
  std::vector<std::size_t> order_;  ///< row of the matrix, by row of the factor
  double cutoff_ = 0.0;
};

/// The positive part, by eigenvectors.
SymmetricFactor positive_part(const double* matrix, std::size_t size) {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto rows = static_cast<Eigen::Index>(size);
  const Eigen::Map<const Matrix> symmetric(matrix, rows, rows);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen{Eigen::MatrixXd(symmetric)};
  const Eigen::VectorXd& values = eigen.eigenvalues();  // increasing
  const double smallest = cutoff(size, values(rows - 1));
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

}  // namespace

SymmetricFactor symmetric_factor(const double* matrix, std::size_t size) {
  std::optional<SymmetricFactor> factor = PivotedCholesky(matrix, size).run();
  return factor ? std::move(*factor) : positive_part(matrix, size);
}

}  // namespace tpc::runtime
