/// \file Matrix values kept as what they are made of: coefficients times matrix states plus coefficients times sums of
/// left (x) right. A gradient or an update is never formed densely; applying one costs two thin products.
#pragma once

#include <vector>

#include "evaluation/interpreter/array.h"

namespace tpc::evaluation::interpreter {

using SquareMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

class LazyMatrix {
 public:
  static LazyMatrix of_state(StateId state);
  /// sum over columns of left (x) right; both are used for as long as the matrix is.
  static LazyMatrix of_outer(const double* left, const double* right, Index columns);

  [[nodiscard]] LazyMatrix scaled(double factor) const;
  [[nodiscard]] LazyMatrix plus(const LazyMatrix& other) const;

  struct Columns {
    const double* data;
    Index length, count;
  };
  /// The matrix, or its transpose, times every column of x. `states`: the matrix states' values, by StateId.
  void times(const Columns& x, bool transposed, const std::vector<SquareMatrix>& states, double* result,
             Buffer& scratch) const;

  /// Whether no state but this one occurs: then `assign_to` may work in the state's own memory.
  [[nodiscard]] bool only_uses(StateId state) const;
  /// state = this, in place. Precondition: only_uses(state).
  void assign_to(StateId state, SquareMatrix& value) const;
  [[nodiscard]] SquareMatrix dense(Index width, const std::vector<SquareMatrix>& states) const;

 private:
  struct StateTerm {
    StateId state;
    double coefficient;
  };
  struct OuterTerm {
    double coefficient;
    const double *left, *right;
    Index columns;
  };
  void add_outer_terms(SquareMatrix& target) const;

  std::vector<StateTerm> states_;  ///< every state at most once
  std::vector<OuterTerm> outers_;
};

}  // namespace tpc::evaluation::interpreter
