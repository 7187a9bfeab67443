#include "evaluation/interpreter/lazy_matrix.h"

#include <algorithm>

#include "evaluation/interpreter/products.h"

namespace tpc::evaluation::interpreter {

LazyMatrix LazyMatrix::of_state(StateId state) {
  LazyMatrix result;
  result.states_.push_back({state, 1.0});
  return result;
}

LazyMatrix LazyMatrix::of_outer(const double* left, const double* right, Index columns) {
  LazyMatrix result;
  result.outers_.push_back({1.0, left, right, columns});
  return result;
}

LazyMatrix LazyMatrix::scaled(double factor) const {
  LazyMatrix result = *this;
  for (StateTerm& term : result.states_) term.coefficient *= factor;
  for (OuterTerm& term : result.outers_) term.coefficient *= factor;
  return result;
}

LazyMatrix LazyMatrix::plus(const LazyMatrix& other) const {
  LazyMatrix result = *this;
  for (const StateTerm& term : other.states_) {
    auto same = std::find_if(result.states_.begin(), result.states_.end(),
                             [&](const StateTerm& mine) { return mine.state == term.state; });
    if (same == result.states_.end()) {
      result.states_.push_back(term);
    } else {
      same->coefficient += term.coefficient;
    }
  }
  result.outers_.insert(result.outers_.end(), other.outers_.begin(), other.outers_.end());
  return result;
}

void LazyMatrix::times(const Columns& x, bool transposed, const std::vector<SquareMatrix>& states, double* result,
                       Buffer& scratch) const {
  const Index width = x.length;
  double keep = 0.0;  // the first term is not added to anything
  for (const StateTerm& term : states_) {
    // Row-major memory is the transpose of column-major memory.
    multiply(width, x.count, width, term.coefficient, {states[term.state.index].data(), width, !transposed},
             {x.data, width, false}, keep, result);
    keep = 1.0;
  }
  for (const OuterTerm& term : outers_) {
    const double* left = transposed ? term.right : term.left;
    const double* right = transposed ? term.left : term.right;
    double* products = scratch.of_size(term.columns * x.count);
    multiply(term.columns, x.count, width, 1.0, {right, width, true}, {x.data, width, false}, 0.0, products);
    multiply(width, x.count, term.columns, term.coefficient, {left, width, false}, {products, term.columns, false},
             keep, result);
    keep = 1.0;
  }
}

bool LazyMatrix::only_uses(StateId state) const {
  return std::all_of(states_.begin(), states_.end(), [&](const StateTerm& term) { return term.state == state; });
}

void LazyMatrix::add_outer_terms(SquareMatrix& target) const {
  const Index width = target.rows();
  for (const OuterTerm& term : outers_) {
    // The target is row-major: its memory is the column-major sum of right (x) left.
    multiply(width, width, term.columns, term.coefficient, {term.right, width, false}, {term.left, width, true}, 1.0,
             target.data());
  }
}

void LazyMatrix::assign_to(StateId state, SquareMatrix& value) const {
  auto own = std::find_if(states_.begin(), states_.end(), [&](const StateTerm& term) { return term.state == state; });
  if (own == states_.end()) {
    value.setZero();
  } else if (own->coefficient != 1.0) {
    value *= own->coefficient;
  }
  add_outer_terms(value);
}

SquareMatrix LazyMatrix::dense(Index width, const std::vector<SquareMatrix>& states) const {
  SquareMatrix result = SquareMatrix::Zero(width, width);
  for (const StateTerm& term : states_) result += term.coefficient * states[term.state.index];
  add_outer_terms(result);
  return result;
}

}  // namespace tpc::evaluation::interpreter
