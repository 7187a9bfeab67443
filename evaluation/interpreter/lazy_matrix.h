/// \file Matrix values kept as what they are made of: coefficients times matrix states plus coefficients times sums of
/// left (x) right, plus functions of entries. A gradient or an update is never formed densely; applying one costs two
/// thin products. Functions of entries are evaluated some rows at a time where they are written.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "evaluation/interpreter/array.h"
#include "ir/core/primitive.h"

namespace tpc::evaluation::interpreter {

using StateMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct EntryMap;

class LazyMatrix {
 public:
  struct Size {
    Index rows, columns;
  };
  static LazyMatrix of_state(StateId state, Size size);
  /// The sum of `terms` products left (x) right; both are used for as long as the matrix is.
  static LazyMatrix of_outer(const double* left, const double* right, Index terms, Size size);

  /// A function of the entries.
  static LazyMatrix of_entries(EntryMap map);

  [[nodiscard]] LazyMatrix scaled(double factor) const;
  [[nodiscard]] LazyMatrix plus(const LazyMatrix& other) const;

  struct Columns {
    const double* data;
    Index length, count;
  };
  /// `factor` times the matrix, or its transpose, times every column of x. `states`: the matrix states' values, by
  /// StateId.
  void times(const Columns& x, bool transposed, double factor, const std::vector<StateMatrix>& states, double* result,
             Buffer& scratch) const;

  /// Whether no state but this one occurs: then `assign_to` may work in the state's own memory.
  [[nodiscard]] bool only_uses(StateId state) const;
  /// state = this, in place. Precondition: only_uses(state). `states`: value among them.
  void assign_to(StateId state, std::vector<StateMatrix>& states) const;
  [[nodiscard]] StateMatrix dense(const std::vector<StateMatrix>& states) const;

 private:
  struct StateTerm {
    StateId state;
    double coefficient;
  };
  struct OuterTerm {
    double coefficient;
    const double *left, *right;
    Index terms;
  };
  struct EntryTerm {
    double coefficient;
    std::shared_ptr<const EntryMap> map;
  };
  void add_outer_terms(StateMatrix& target) const;
  /// Some rows of the matrix, [count, columns].
  void evaluate_rows(Index first, Index count, const std::vector<StateMatrix>& states, double* rows) const;
  void evaluate_by_rows(const std::vector<StateMatrix>& states, StateMatrix& target) const;

  Size size_{};
  std::vector<StateTerm> states_;  ///< every state at most once
  std::vector<OuterTerm> outers_;
  std::vector<EntryTerm> entries_;
};

/// phi of the entries of one or two matrices, or of a matrix and a number.
struct EntryMap {
  struct Operand {
    std::optional<double> number;
    LazyMatrix matrix;  ///< if it is no number
  };
  ir::Primitive primitive;
  int power;
  std::vector<Operand> operands;
};

}  // namespace tpc::evaluation::interpreter
