/// \file Gradient descent on the rows of a parameter that occur in a batch: the others rest.
#pragma once

#include <optional>
#include <vector>

#include "ir/core/optimizer.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

/// A part of the gradient by a state: coefficient * value at the places of `dim` that the index says. An invalid
/// coefficient is 1.
struct RowGradient {
  ir::ValueId coefficient, value, index;
  ir::DimId dim;
};

/// The parts that the gradient is the sum of. Empty: it has others, so the parameter is not used by rows alone.
std::optional<std::vector<RowGradient>> row_gradients(ir::tp::Builder& builder, ir::StateId state,
                                                      ir::ValueId gradient);

/// The rule of write_sgd_update (sgd_rule.h) for the rows that occur, each of them once: repetitions add up in the
/// gradient, decay and momentum act once. The state is added to in place; what a step reads is the old value.
/// Shown by: tests/unit/passes/lazy_update_test.cpp.
void write_lazy_update(ir::tp::Builder& builder, const ir::SgdSettings& settings, ir::ValueId learning_rate,
                       ir::StateId state, const std::vector<RowGradient>& parts, ir::ValueId width_factor);

/// w <- (1 - eta decay) w - eta g for every place at which a row occurs, one after the other, in the order of the
/// parts.
void write_ordered_update(ir::tp::Builder& builder, const ir::SgdSettings& settings, ir::ValueId rate,
                          ir::StateId state, const std::vector<RowGradient>& parts);

}  // namespace tpc::passes
