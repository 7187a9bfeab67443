/// \file The rules of optimizers that change every entry of a weight by a function of its own gradients (ir::
/// EntrywiseSettings): ordinary maps, of matrices entry by entry.
#pragma once

#include "ir/core/optimizer.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

/// The l of `scaled_decay`. The optimizer sees n^{d - l} w, which is of order one if l is d less the exponent of w,
/// that of its initial entries or of its updates (l = 2 a - gamma - alpha at faithful points).
ir::Rational scaled_decay_exponent(const ir::State& weight);

/// Writes updates of one training step. What all weights share, powers of beta, is counted once.
class EntrywiseUpdates {
 public:
  /// learning_rate: eta_t, or invalid: the constant of the settings.
  EntrywiseUpdates(ir::tp::Builder& builder, const ir::EntrywiseSettings& settings, ir::ValueId learning_rate);

  /// w' = (1 - eta decoupled_decay) w - eta width_factor Q, by G = n^d (gradient + n^{-l} coupled_decay w); adds the
  /// states of the rule, initially 0. `gradient` has the state's type, d is known (faithful_scales.h). Returns G.
  ir::ValueId write(ir::StateId state, ir::ValueId gradient, ir::ValueId width_factor);

 private:
  ir::ValueId decay_rate(ir::StateId weight);
  /// Q, the states of the weight at hand being what it is a function of.
  ir::ValueId direction(ir::StateId weight, ir::ValueId scaled_gradient);
  ir::ValueId adam(ir::StateId weight, ir::ValueId g);
  ir::ValueId normalised(ir::StateId weight, ir::ValueId g);
  ir::ValueId lion(ir::StateId weight, ir::ValueId g);
  /// state' = keep state + taken * value.
  ir::ValueId accumulate(const char* what, ir::StateId weight, double keep, double taken, ir::ValueId value);
  ir::ValueId over_root(ir::ValueId numerator, ir::ValueId squares);
  ir::ValueId corrected(const char* name, double beta, ir::ValueId average, ir::ValueId& correction);

  ir::tp::Builder& build_;
  const ir::EntrywiseSettings& settings_;
  ir::ValueId learning_rate_;
  ir::ValueId first_correction_, second_correction_;  ///< 1 - beta^{t+1}; invalid: not written yet
};

}  // namespace tpc::passes
