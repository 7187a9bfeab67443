#include "passes/limit/polynomial_degree.h"

#include <algorithm>
#include <vector>

#include "ir/core/primitive_traits.h"
#include "ir/core/visit.h"

namespace tpc::passes {
namespace {

namespace limit = ir::limit;
using ir::PrimitiveForm;
using ir::ValueId;

/// Nothing: no polynomial.
using Degree = std::optional<int64_t>;

Degree bounded(int64_t degree) { return std::min(degree, most_polynomial_degree); }
Degree larger(Degree a, Degree b) { return a && b ? bounded(std::max(*a, *b)) : std::nullopt; }
Degree sum(Degree a, Degree b) { return a && b ? bounded(*a + *b) : std::nullopt; }

/// One pass over a function, from the degrees of the states. Numbers, expectations among them, have degree 0.
class Degrees {
 public:
  explicit Degrees(const std::vector<Degree>& states) : states_(states), next_(states) {}

  void run(const limit::Function& function) {
    for (const limit::Instruction& instruction : function.body) {
      of_values_.push_back(std::visit([&](const auto& op) { return of(op); }, instruction.op));
    }
  }
  /// Of the largest expectation.
  [[nodiscard]] Degree largest() const { return largest_; }
  /// Of the states afterwards.
  [[nodiscard]] const std::vector<Degree>& next() const { return next_; }

 private:
  [[nodiscard]] Degree at(ValueId id) const { return id.valid() ? of_values_[id.index] : Degree(0); }

  template <ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex, limit::Unit, ir::OneHot,
                      ir::Softmax, ir::LogSumExp, limit::Area, limit::NormalRule, ir::Present, ir::FirstOccurrence>
                Op>
  Degree of(const Op&) {
    return 0;
  }
  template <ir::OneOf<limit::Condition, limit::Accumulated, limit::PairProduct, limit::PairApply, limit::Append,
                      limit::Combine>
                Op>
  Degree of(const Op&) {
    return largest_ = std::nullopt;
  }
  Degree of(const ir::Read& op) { return states_[op.state.index]; }
  Degree of(const ir::Relabel& op) { return at(op.argument); }
  Degree of(const ir::Gather& op) { return at(op.table); }
  Degree of(const ir::Scatter& op) { return at(op.value); }
  Degree of(const ir::Contract& op) { return sum(at(op.lhs), at(op.rhs)); }
  Degree of(const limit::Expect& op) {
    const Degree degree = sum(at(op.lhs), at(op.rhs));
    largest_ = larger(largest_, degree);
    return 0;
  }
  Degree of(const ir::AddRows& op) {
    next_[op.state.index] = larger(next_[op.state.index], at(op.value));
    return 0;
  }
  Degree of(const ir::Write& op) {
    next_[op.state.index] = at(op.value);
    return 0;
  }
  Degree of(const ir::Map& op) {
    const Degree x = at(op.arguments[0]), y = at(op.arguments.back());
    switch (ir::form_of(op.primitive)) {
      case PrimitiveForm::sum:
      case PrimitiveForm::difference: return larger(x, y);
      case PrimitiveForm::negation: return x;
      case PrimitiveForm::product: return sum(x, y);
      case PrimitiveForm::quotient: return y == Degree(0) ? x : std::nullopt;
      case PrimitiveForm::power:
        if (x == Degree(0)) return x;
        return x && op.power >= 0 ? bounded(*x * std::min<int64_t>(op.power, most_polynomial_degree)) : std::nullopt;
      case PrimitiveForm::correlation:
      case PrimitiveForm::curve: break;
    }
    return x == Degree(0) && y == Degree(0) ? x : std::nullopt;
  }

  const std::vector<Degree>& states_;
  std::vector<Degree> next_;
  std::vector<Degree> of_values_;
  Degree largest_ = 0;
};

std::vector<Degree> initial_degrees(const limit::Module& module) {
  std::vector<Degree> degrees;
  for (const ir::State& state : module.states) {
    const bool gaussian = state.type.kind == ir::Kind::vector && state.init.kind == ir::InitKind::gaussian;
    degrees.push_back(state.init.kind == ir::InitKind::noise ? std::nullopt : Degree(gaussian ? 1 : 0));
  }
  return degrees;
}

}  // namespace

std::optional<int64_t> degree_of_expectations(const limit::Module& module, int64_t steps) {
  std::vector<Degree> states = initial_degrees(module);
  Degree largest = 0;
  for (int64_t step = 0; step <= steps && largest; ++step) {
    std::vector<Degree> next = states;
    for (const limit::Function& function : module.functions) {
      Degrees degrees(states);
      degrees.run(function);
      const bool trained_further = step < steps || function.key != ir::FunctionRole::step;
      if (trained_further) largest = larger(largest, degrees.largest());
      if (function.key == ir::FunctionRole::step) next = degrees.next();
    }
    if (next == states || largest == Degree(most_polynomial_degree)) break;
    states = std::move(next);
  }
  return largest;
}

}  // namespace tpc::passes
