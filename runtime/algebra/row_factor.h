/// \file Many rows as combinations of fewer orthonormal ones, of which only inner products are computed.
#pragma once

#include <cstddef>
#include <vector>

namespace tpc::runtime {

/// X = L E: Cholesky's decomposition of the Gram matrix of the rows X, that row first of which the family E holds least
/// so far, relative to its length: no row has a large part along a direction that is known badly.
class RowFactor {
 public:
  /// gram: [rows, rows], of which the lower half is read. least: the smallest length of what a row adds, relative to
  /// its own; what it would add below that is left out.
  RowFactor(const std::vector<double>& gram, std::size_t rows, double least);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// Rows of E.
  [[nodiscard]] std::size_t rank() const { return sources_.size(); }
  /// L, [rows, rank].
  [[nodiscard]] const std::vector<double>& coordinates() const { return lower_; }
  /// T with T X = U^T E, [columns, rows]; u: [rank, columns].
  [[nodiscard]] std::vector<double> combination(const std::vector<double>& u, std::size_t columns) const;

 private:
  std::size_t rows_;
  std::vector<double> lower_;
  std::vector<std::size_t> sources_;  ///< the row of X that brought in each row of E
};

}  // namespace tpc::runtime
