#include "passes/limit/shares_of_points.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "ir/core/visit.h"
#include "ir/limit/lengths.h"
#include "passes/simplify/rewriter.h"

namespace tpc::passes {
namespace {

namespace limit = ir::limit;
using ir::Kind;
using ir::Rational;
using ir::StateId;
using ir::ValueId;

bool has_length(const ir::State& state) { return state.type.kind != Kind::scalar; }

/// Of all states.
Rational longest(const limit::Module& module) {
  Rational length(0);
  for (const ir::State& state : module.states) {
    if (has_length(state)) length = std::max({length, state.rows, state.columns});
  }
  return length;
}

bool is_gaussian_matrix(const ir::State& state) {
  return state.type.kind == Kind::matrix && state.init.kind == ir::InitKind::gaussian;
}

/// Puts vectors on their shares of the points, in one function after the other.
class Shares {
 public:
  explicit Shares(limit::Module& module) : module_(module), longest_(longest(module)) {}

  void run() {
    for (limit::Function& function : module_.functions) put(function);
  }

  [[nodiscard]] const Rational& longest_length() const { return longest_; }

 private:
  void put(limit::Function& function) {
    const std::vector<ir::Lengths> lengths = limit::lengths_of(module_, function);
    one_over_share_.clear();
    rewrite(module_, function, [&](limit::Builder& build, const limit::Op& op, const limit::Instruction& instruction) {
      const auto length = [&](ValueId original) { return lengths[original.index].rows; };
      return replacement(build, op, instruction.op, length);
    });
  }

  /// `original`: the operation on the values that `length` knows.
  template <class Length>
  std::optional<ValueId> replacement(limit::Builder& build, const limit::Op& op, const limit::Op& original,
                                     const Length& length) {
    if (const auto* expect = std::get_if<limit::Expect>(&op)) {
      return expectation(build, *expect, length(std::get<limit::Expect>(original).lhs));
    }
    if (const auto* condition = std::get_if<limit::Condition>(&op)) {
      const Rational summed = length(std::get<limit::Condition>(original).argument);
      limit::Condition product = *condition;
      product.argument = on_share(build, product.argument, summed);
      return times(build, Rational(1) / summed, build.insert(product));
    }
    if (const auto* updates = std::get_if<limit::Accumulated>(&op)) {
      return mean_product(build, *updates, length(std::get<limit::Accumulated>(original).argument));
    }
    if (const auto* pair = std::get_if<limit::PairApply>(&op)) {
      return mean_product(build, *pair, length(std::get<limit::PairApply>(original).argument));
    }
    return std::nullopt;
  }

  ValueId expectation(limit::Builder& build, limit::Expect expect, const Rational& length) {
    if (length == longest_) return build.insert(expect);
    expect.lhs = on_share(build, expect.lhs, length);
    return over_share(build, length, build.insert(expect));
  }

  /// Updates and functions of two points act by expectations.
  template <class Op>
  ValueId mean_product(limit::Builder& build, Op op, const Rational& length) {
    if (length == longest_) return build.insert(op);
    op.argument = on_share(build, op.argument, length);
    return over_share(build, length, build.insert(op));
  }

  ValueId on_share(limit::Builder& build, ValueId value, const Rational& length) {
    return length == longest_ ? value : build.mul(build.read(indicator(length)), value);
  }

  /// The value divided by the mean of the indicator, which M points give as a multiple of 1 / M.
  ValueId over_share(limit::Builder& build, const Rational& length, ValueId value) {
    ValueId& factor = one_over_share_[length];
    if (!factor.valid()) {
      const ValueId share = build.insert(limit::Expect{build.read(indicator(length)), {}, {}});
      factor = build.div(build.constant(1.0), share);
    }
    return build.mul(factor, value);
  }

  static ValueId times(limit::Builder& build, const Rational& factor, ValueId value) {
    return factor == Rational(1) ? value : build.mul(build.constant(factor.value()), value);
  }

  StateId indicator(const Rational& length) {
    const auto known = indicators_.find(length);
    if (known != indicators_.end()) return known->second;
    ir::State state;
    const Rational share = length / longest_;
    state.name = "points of " + share.str();
    state.type = {Kind::vector, {}};
    state.init = {ir::InitKind::share, share.value()};
    state.role = ir::Role::vector;
    module_.states.push_back(std::move(state));
    return indicators_[length] = StateId(module_.states.size() - 1);
  }

  limit::Module& module_;
  Rational longest_;
  std::map<Rational, StateId> indicators_;      ///< by length
  std::map<Rational, ValueId> one_over_share_;  ///< in the function at hand
};

}  // namespace

limit::Module on_shares_of_points(const limit::Module& source) {
  limit::Module module = source;
  const bool square = std::ranges::all_of(
      module.states, [](const ir::State& state) { return !is_gaussian_matrix(state) || state.rows == state.columns; });
  Shares shares(module);
  if (!square) shares.run();
  for (ir::State& state : module.states) {
    // A block of a square matrix of the longest width, which is what n counts at M points; or the square one itself.
    if (is_gaussian_matrix(state)) {
      state.init.value *= std::sqrt(square ? 1.0 / state.rows.value() : shares.longest_length().value());
    }
    // E[N x] over p n coordinates has the variance sigma^2 E[x^2] / p.
    if (state.init.kind == ir::InitKind::noise && state.type.kind == Kind::vector) {
      state.init.value /= std::sqrt((square ? state.rows : shares.longest_length()).value());
    }
    state.rows = state.columns = Rational(1);
  }
  return module;
}

}  // namespace tpc::passes
