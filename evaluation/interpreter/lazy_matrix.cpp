#include "evaluation/interpreter/lazy_matrix.h"

#include <algorithm>

#include "base/diag/check.h"
#include "evaluation/interpreter/primitives.h"
#include "evaluation/interpreter/products.h"

namespace tpc::evaluation::interpreter {
namespace {

/// Numbers that are worked on together: they stay in the nearest caches.
constexpr Index block_numbers = 8192;

}  // namespace

LazyMatrix LazyMatrix::of_state(StateId state, Size size) {
  LazyMatrix result;
  result.size_ = size;
  result.states_.push_back({state, 1.0});
  return result;
}

LazyMatrix LazyMatrix::of_outer(const double* left, const double* right, Index terms, Size size) {
  LazyMatrix result;
  result.size_ = size;
  result.outers_.push_back({1.0, left, right, terms});
  return result;
}

LazyMatrix LazyMatrix::of_entries(EntryMap map) {
  LazyMatrix result;
  const auto matrix = std::ranges::find_if(map.operands, [](const auto& operand) { return !operand.number; });
  TPC_CHECK(matrix != map.operands.end(), "a function of the entries of no matrix");
  result.size_ = matrix->matrix.size_;
  result.entries_.push_back({1.0, std::make_shared<const EntryMap>(std::move(map))});
  return result;
}

LazyMatrix LazyMatrix::scaled(double factor) const {
  LazyMatrix result = *this;
  for (StateTerm& term : result.states_) term.coefficient *= factor;
  for (OuterTerm& term : result.outers_) term.coefficient *= factor;
  for (EntryTerm& term : result.entries_) term.coefficient *= factor;
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
  result.entries_.insert(result.entries_.end(), other.entries_.begin(), other.entries_.end());
  return result;
}

void LazyMatrix::times(const Columns& x, bool transposed, double factor, const std::vector<StateMatrix>& states,
                       double* result, Buffer& scratch) const {
  const auto [rows, columns] = size_;
  const Index summed = x.length, made = transposed ? columns : rows;
  double keep = 0.0;  // the first term is not added to anything
  // Row-major memory is the transpose of column-major memory.
  const auto add_dense = [&](double coefficient, const StateMatrix& matrix) {
    multiply(made, x.count, summed, factor * coefficient, {matrix.data(), columns, !transposed},
             {x.data, summed, false}, keep, result);
    keep = 1.0;
  };
  if (!entries_.empty()) return add_dense(1.0, dense(states));
  for (const StateTerm& term : states_) add_dense(term.coefficient, states[term.state.index]);
  for (const OuterTerm& term : outers_) {
    const double* left = transposed ? term.right : term.left;
    const double* right = transposed ? term.left : term.right;
    double* products = scratch.of_size(term.terms * x.count);
    multiply(term.terms, x.count, summed, 1.0, {right, summed, true}, {x.data, summed, false}, 0.0, products);
    multiply(made, x.count, term.terms, factor * term.coefficient, {left, made, false}, {products, term.terms, false},
             keep, result);
    keep = 1.0;
  }
}

bool LazyMatrix::only_uses(StateId state) const {
  const auto entries_use = [&](const EntryTerm& term) {
    return std::ranges::all_of(term.map->operands, [&](const EntryMap::Operand& operand) {
      return operand.number || operand.matrix.only_uses(state);
    });
  };
  return std::ranges::all_of(states_, [&](const StateTerm& term) { return term.state == state; }) &&
         std::ranges::all_of(entries_, entries_use);
}

void LazyMatrix::evaluate_rows(Index first, Index count,  // NOLINT(misc-no-recursion)
                               const std::vector<StateMatrix>& states, double* rows) const {
  const Index columns = size_.columns, numbers = count * columns;
  Eigen::Map<Eigen::ArrayXd> sum(rows, numbers);
  sum.setZero();
  for (const StateTerm& term : states_) {
    sum +=
        term.coefficient * Eigen::Map<const Eigen::ArrayXd>(states[term.state.index].data() + first * columns, numbers);
  }
  for (const OuterTerm& term : outers_) {
    multiply(columns, count, term.terms, term.coefficient, {term.right, columns, false},
             {term.left + first, size_.rows, true}, 1.0, rows);
  }
  for (const EntryTerm& term : entries_) {
    std::vector<Eigen::VectorXd> made;
    std::vector<Argument> arguments;
    for (const EntryMap::Operand& operand : term.map->operands) {
      made.emplace_back(operand.number ? 1 : numbers);
      if (operand.number) made.back()[0] = *operand.number;
      if (!operand.number) operand.matrix.evaluate_rows(first, count, states, made.back().data());
    }
    for (size_t i = 0; i < made.size(); ++i) arguments.push_back({made[i].data(), made[i].size() == 1 && numbers > 1});
    Eigen::VectorXd value(numbers);
    if (arguments.size() == 1) {
      apply_unary(term.map->primitive, term.map->power, arguments[0].data, numbers, value.data());
    } else {
      apply_binary(term.map->primitive, arguments[0], arguments[1], numbers, value.data());
    }
    sum += term.coefficient * value.array();
  }
}

/// Entries depend on those of the same rows alone: `target` may be one of the states.
void LazyMatrix::evaluate_by_rows(const std::vector<StateMatrix>& states, StateMatrix& target) const {
  const Index columns = size_.columns;
  const Index rows = std::max<Index>(1, block_numbers / columns);
  Eigen::VectorXd block(rows * columns);
  for (Index first = 0; first < size_.rows; first += rows) {
    const Index count = std::min(rows, size_.rows - first);
    evaluate_rows(first, count, states, block.data());
    std::copy_n(block.data(), count * columns, target.data() + first * columns);
  }
}

void LazyMatrix::add_outer_terms(StateMatrix& target) const {
  for (const OuterTerm& term : outers_) {
    // The target is row-major: its memory is the column-major sum of right (x) left.
    multiply(size_.columns, size_.rows, term.terms, term.coefficient, {term.right, size_.columns, false},
             {term.left, size_.rows, true}, 1.0, target.data());
  }
}

void LazyMatrix::assign_to(StateId state, std::vector<StateMatrix>& states) const {
  StateMatrix& value = states[state.index];
  if (!entries_.empty()) return evaluate_by_rows(states, value);
  auto own = std::find_if(states_.begin(), states_.end(), [&](const StateTerm& term) { return term.state == state; });
  if (own == states_.end()) {
    value.setZero();
  } else if (own->coefficient != 1.0) {
    value *= own->coefficient;
  }
  add_outer_terms(value);
}

StateMatrix LazyMatrix::dense(const std::vector<StateMatrix>& states) const {
  StateMatrix result = StateMatrix::Zero(size_.rows, size_.columns);
  if (!entries_.empty()) {
    evaluate_by_rows(states, result);
    return result;
  }
  for (const StateTerm& term : states_) result += term.coefficient * states[term.state.index];
  add_outer_terms(result);
  return result;
}

}  // namespace tpc::evaluation::interpreter
