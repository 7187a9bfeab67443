#include "passes/kernel/leading_products.h"

#include <algorithm>
#include <array>

#include "passes/width/abstract_value.h"
#include "passes/width/gaussian_families.h"

namespace tpc::passes::kernel {

using ir::Exponent;
using ir::Kind;
using ir::Rational;
using ir::ValueId;

namespace {

class Sizes {
 public:
  Sizes(const KernelFactors& factors, const std::vector<ValueExponents>& trained)
      : module_(factors.module), function_(*module_.find(ir::FunctionRole::kernel)), trained_(trained) {
    const width::GaussianFamilies families(module_);
    bool power_law = true;
    values_ = width::evaluate(module_, function_, width::initial_states(module_), power_law, &families);
  }

  /// Of the product at initialisation, symmetries included; without the rate of the state's learning.
  [[nodiscard]] Exponent initial(const TwoSided& one, const TwoSided& other, const ir::State& state) const {
    Exponent size = missing_columns(one, other, state);
    for (const Column& column : columns(one, other)) {
      if (column.one.valid() || column.other.valid()) size = size + initial(column);
    }
    return size;
  }

  /// A bound on the size of what training adds to it.
  [[nodiscard]] Exponent change(const TwoSided& one, const TwoSided& other, const ir::State& state) const {
    Exponent still(0), moved;  // of the product so far
    for (const Column& column : columns(one, other)) {
      for (const ValueId id : {column.one, column.other}) {
        if (!id.valid()) continue;
        const ValueExponents& factor = trained_[id.index];
        moved = max(moved + factor.overall(), still + factor.change);
        still = still + factor.initial;
      }
      if (is_vector(column)) still = still + Exponent(1), moved = moved + Exponent(1);
    }
    return moved + missing_columns(one, other, state);
  }

 private:
  /// Two factors that stand at the same place in the two contributions.
  struct Column {
    ValueId one, other;
  };
  static std::array<Column, 2> columns(const TwoSided& one, const TwoSided& other) {
    return {Column{one.one.product.left, other.other.product.left},
            Column{one.one.product.right, other.other.product.right}};
  }

  [[nodiscard]] bool is_vector(const Column& column) const {
    return std::ranges::any_of(std::array{column.one, column.other},
                               [&](ValueId id) { return id.valid() && function_.type(id).kind == Kind::vector; });
  }

  [[nodiscard]] width::Growth growth(ValueId id) const {
    return id.valid() ? values_[id.index].value.initial : width::Growth::power(0);
  }
  [[nodiscard]] Exponent initial(const Column& column) const {
    const width::Growth one = growth(column.one), other = growth(column.other);
    return is_vector(column) ? sum_over_width(one, other).exponent() : one.exponent() + other.exponent();
  }

  /// A vector whose gradient is the same at all coordinates: n equal terms.
  [[nodiscard]] static Exponent missing_columns(const TwoSided& one, const TwoSided& other, const ir::State& state) {
    const bool coordinates = one.one.product.left.valid() || other.other.product.left.valid();
    return Exponent(state.type.kind == Kind::vector && !coordinates ? Rational(1) : Rational(0));
  }

  const ir::tp::Module& module_;
  const ir::tp::Function& function_;
  const std::vector<ValueExponents>& trained_;
  width::AbstractValues values_;
};

std::vector<std::vector<size_t>> leading_of(const StateGradient& gradient, const ir::State& state, const Sizes& sizes,
                                            bool trained) {
  const std::vector<TwoSided>& terms = gradient.contributions;
  const size_t count = terms.size();
  std::vector<Exponent> initial(count * count);
  Exponent largest;
  for (size_t i = 0; i < initial.size(); ++i) {
    initial[i] = sizes.initial(terms[i / count], terms[i % count], state);
    largest = max(largest, initial[i]);
  }
  const Exponent rate(-state.c);
  std::vector<std::vector<size_t>> chosen(count);
  for (size_t i = 0; i < initial.size(); ++i) {
    const TwoSided &one = terms[i / count], &other = terms[i % count];
    const bool leads = initial[i] == largest;
    if (leads || (trained && rate + sizes.change(one, other, state) >= Exponent(0)))
      chosen[i / count].push_back(i % count);
  }
  return chosen;
}

}  // namespace

ChosenProducts all_products(const KernelFactors& factors) {
  ChosenProducts chosen;
  for (const StateGradient& gradient : factors.gradients) {
    std::vector<size_t> all(gradient.contributions.size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = i;
    chosen.emplace_back(all.size(), all);
  }
  return chosen;
}

ChosenProducts leading_products(const KernelFactors& factors, const std::vector<ValueExponents>& trained) {
  const Sizes sizes(factors, trained);
  ChosenProducts chosen;
  for (const StateGradient& gradient : factors.gradients) {
    chosen.push_back(leading_of(gradient, factors.module.state(gradient.state), sizes, !trained.empty()));
  }
  return chosen;
}

}  // namespace tpc::passes::kernel
