/// \file Algebra of values scaled by powers of the width, and the next values of matrices: the part of derive_function
/// that knows nothing of instructions.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "passes/limit/derive_function.h"
#include "passes/limit/entry_noise.h"

namespace tpc::passes {

/// Thrown inside derive_function only: an operation without a limit rule for its exponents.
struct NoLimit {
  std::string message;
};

class MatrixWriter {
 protected:
  MatrixWriter(const std::vector<StateLimit>& states, ir::limit::Module& target, ir::limit::Function& result)
      : states_(states), target_(target), builder_(target, result) {}

  ScaledValue multiply(const ScaledValue& a, const ScaledValue& b) {
    ir::Exponent exponent = a.exponent + b.exponent;
    if (!exponent.finite()) return ScaledValue::zero();
    if (!a.value.valid() || !b.value.valid()) return {exponent, a.value.valid() ? a.value : b.value};
    return {exponent, builder_.mul(a.value, b.value)};
  }

  ScaledValue divide(const ScaledValue& a, const ScaledValue& b) {
    if (b.is_zero()) throw NoLimit{"a division by something that vanishes"};
    if (a.is_zero()) return ScaledValue::zero();
    ir::Exponent exponent = a.exponent.rational() - b.exponent.rational();
    if (!b.value.valid()) return {exponent, a.value};
    return {exponent, builder_.div(materialize(a), b.value)};
  }

  /// s / sqrt(v) is a number between -1 and 1 whatever the width; a covariance that vanishes beside the variances is 0.
  ScaledValue correlation(const ScaledValue& covariance, const ScaledValue& variances) {
    if (covariance.is_zero() || variances.is_zero()) return ScaledValue::zero();
    ir::Exponent exponent = covariance.exponent.rational() - variances.exponent.rational() * ir::Rational(1, 2);
    return {exponent, builder_.map(ir::Primitive::Correlation, {materialize(covariance), materialize(variances)})};
  }

  /// The same for coefficients of matrices; what is dropped is listed by matrix (derive_limit.cpp).
  ScaledValue plus(const ScaledValue& a, const ScaledValue& b) {
    if (a.exponent < b.exponent) return b;
    if (b.exponent < a.exponent || a.is_zero()) return a;
    return {a.exponent, builder_.add(materialize(a), materialize(b))};
  }

  ScaledValue negate(const ScaledValue& a) {
    return a.is_zero() ? a : ScaledValue{a.exponent, builder_.neg(materialize(a)), a.fluctuation};
  }

  MatrixForm scaled(MatrixForm form, const ScaledValue& factor) {
    for (StateTerm& term : form.states) term.coefficient = multiply(term.coefficient, factor);
    for (OuterTerm& term : form.terms) term.coefficient = multiply(term.coefficient, factor);
    std::erase_if(form.states, [](const StateTerm& term) { return term.coefficient.is_zero(); });
    std::erase_if(form.terms, [](const OuterTerm& term) { return term.coefficient.is_zero(); });
    form.pairs = multiply(form.pairs, factor);
    return form;
  }

  MatrixForm sum(MatrixForm a, const MatrixForm& b) {
    for (const StateTerm& term : b.states) {
      auto same = std::ranges::find(a.states, term.state, &StateTerm::state);
      if (same == a.states.end()) {
        a.states.push_back(term);
      } else {
        same->coefficient = plus(same->coefficient, term.coefficient);
      }
    }
    a.terms.insert(a.terms.end(), b.terms.begin(), b.terms.end());
    a.pairs = plus(a.pairs, b.pairs);
    return a;
  }

  /// ZNoise: the entries as a random variable of two points: those of an initial Gaussian matrix are fresh noise.
  ScaledValue as_pairs(const MatrixForm& form) {
    ScaledValue sum = updates_as_pairs(form);
    for (const StateTerm& term : form.states) {
      if (!states_[term.state.index].keeps_initial) continue;
      const ir::StateId gaussian = states_[term.state.index].gaussian;
      const ir::State& initial = target_.state(gaussian);
      if (initial.scale + term.coefficient.exponent > sum.exponent) {
        throw NoLimit{
            "a function of the entries of the initial Gaussian matrix `" + initial.name +
            "`: weight decay that an entrywise optimizer sees as a part of the gradient acts on it like fresh "
            "noise, which grows beyond the gradients; with `adamw`, or `weight_decay` of the other "
            "optimizers, decay stays outside; with `scaled_decay = true` noise and gradients are alike"};
      }
      sum = plus(sum, multiply(initial_coefficient(term), {initial.scale, noise_of(gaussian)}));
    }
    return sum;
  }

  /// What a matrix state is times its initial Gaussian matrix.
  ScaledValue initial_coefficient(const StateTerm& term) {
    const StateLimit& state = states_[term.state.index];
    return state.share.valid() ? multiply(term.coefficient, {0, builder_.read(state.share)}) : term.coefficient;
  }

  /// sigma z, made once in a function.
  ir::ValueId noise_of(ir::StateId gaussian) {
    ir::ValueId& noise = noises_[gaussian];
    if (noise.valid()) return noise;
    const StateLimit& state = states_[gaussian.index];
    const ir::State& matrix = target_.state(gaussian);
    const ir::ValueId standard = entry_noise(builder_, state.noise, state.second_noise, "z " + matrix.name);
    return noise = builder_.mul(builder_.constant(matrix.init.value), standard);
  }

  /// Without what is left of initial Gaussian matrices.
  ScaledValue updates_as_pairs(const MatrixForm& form) {
    ScaledValue sum = form.pairs;
    for (const StateTerm& term : form.states) {
      sum = plus(sum, multiply(term.coefficient, pair_state(states_[term.state.index])));
    }
    for (const OuterTerm& term : form.terms) {
      const ir::ValueId product =
          builder_.insert(ir::limit::PairProduct{materialize(term.left), materialize(term.right)});
      sum = plus(sum, multiply(term.coefficient, {term.left.exponent + term.right.exponent, product}));
    }
    return sum;
  }

  ScaledValue pair_state(const StateLimit& state) {
    if (!state.pairs.valid()) return ScaledValue::zero();
    const ir::Exponent& scale = target_.state(state.pairs).scale;
    return scale.finite() ? ScaledValue{scale, builder_.read(state.pairs)} : ScaledValue::zero();
  }

  ir::ValueId materialize(const ScaledValue& scaled_value) {
    TPC_CHECK(!scaled_value.is_zero(), "a vanished value is used");
    return scaled_value.value.valid() ? scaled_value.value : builder_.constant(1.0);
  }

  /// ZUpdate, ZShare: W_{t+1} = sum of coefficients * matrices + sum of terms (math.md 7). With every matrix divided by
  /// its power of n a summand counts if its exponent is 0.
  void write_matrix(ir::StateId state, const MatrixForm& form) {
    const ir::Exponent& scale = target_.state(state).scale;
    if (!scale.finite()) return;
    std::vector<StateTerm> kept;
    for (const auto& [other, coefficient] : form.states) {
      const ir::Exponent exponent = target_.state(other).scale + coefficient.exponent + ir::Exponent(-scale.rational());
      if (exponent > ir::Exponent(0)) throw too_large(state);
      if (exponent == ir::Exponent(0)) kept.push_back({other, {0, coefficient.value}});
    }
    const bool keeps_old_value =
        kept.size() == 1 && kept.front().state == state && kept.front().coefficient.is_pure_power();
    if (!keeps_old_value) combine_matrices(state, kept);
    if (states_[state.index].keeps_updates) append_updates(state, form);
  }

  /// The same of a matrix whose updates are functions of entries.
  void write_entries(ir::StateId state, const MatrixForm& form) {
    const StateLimit& own = states_[state.index];
    std::vector<StateTerm> initial;
    for (const StateTerm& term : form.states) {
      if (states_[term.state.index].keeps_initial) initial.push_back({term.state, {0, term.coefficient.value}});
    }
    const bool keeps_old_value = initial.size() == 1 && initial.front().coefficient.is_pure_power();
    if (own.keeps_initial && !keeps_old_value) combine_initial_values(state, initial);
    if (!own.pairs.valid()) return;
    const ScaledValue next = updates_as_pairs(form);
    if (next.exponent != target_.state(own.pairs).scale) throw too_large(state);
    builder_.write(own.pairs, materialize(next));
  }

  void combine_matrices(ir::StateId state, const std::vector<StateTerm>& summands) {
    const StateLimit& own = states_[state.index];
    bool has_updates = false;
    for (const auto& [other, coefficient] : summands) {
      if (!own.keeps_updates || !states_[other.index].keeps_updates) continue;
      builder_.insert(ir::limit::Combine{state, other, materialize(coefficient)});
      has_updates = true;
    }
    if (own.keeps_updates && !has_updates) builder_.insert(ir::limit::Combine{state, state, builder_.constant(0.0)});
    combine_initial_values(state, summands);
  }

  void combine_initial_values(ir::StateId state, const std::vector<StateTerm>& summands) {
    const StateLimit& own = states_[state.index];
    ScaledValue share = ScaledValue::zero();
    for (const auto& [other, coefficient] : summands) {
      const StateLimit& its = states_[other.index];
      if (!its.keeps_initial) continue;
      ScaledValue part = coefficient;
      if (its.share.valid()) part = multiply(part, {0, builder_.read(its.share)});
      share = plus(share, part);
    }
    if (!own.share.valid()) {
      if (own.keeps_initial && !share.is_pure_power()) {
        throw NoLimit{"the initial value of `" + target_.state(state).name +
                      "` is rescaled by a step, and the width analysis does not see it"};
      }
      return;
    }
    builder_.write(own.share, share.is_zero() ? builder_.constant(0.0) : materialize(share));
  }

  /// A term counts if its entries have the updates' leading exponent: n times the contribution of W_0's entries,
  /// divided by sqrt(n).
  void append_updates(ir::StateId state, const MatrixForm& form) {
    const ir::Exponent leading = target_.state(state).scale + ir::Exponent(ir::Rational(-1, 2));
    for (const OuterTerm& term : form.terms) {
      if (term.exponent() > leading) throw too_large(state);
      if (term.exponent() < leading) continue;
      builder_.insert(ir::limit::Append{state, materialize(term.coefficient), term.left.value, term.right.value});
    }
  }

  /// Of hand-written steps; training steps are as large as the analysis says.
  [[nodiscard]] NoLimit too_large(ir::StateId state) const {
    return {"the next value of `" + target_.state(state).name + "` is of another power of the width than the state"};
  }

  const std::vector<StateLimit>& states_;
  ir::limit::Module& target_;
  ir::limit::Builder builder_;
  std::map<ir::StateId, ir::ValueId> noises_ = {};
};

}  // namespace tpc::passes
