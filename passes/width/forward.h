/// \file Which values of a forward function are hidden vectors, and where weights meet activations.
///
/// A weight of the user is W = n^{-a} w, but lowering and simplification move such powers of the width past linear
/// operations (n^{-a} (w x) for W x, even out of a readout). What the conditions of stability speak of is the user's
/// value: n^scale times the one in the program (`ir::Instruction::scale`).
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes::width {

/// By ValueId: whether the value depends on a data field (then it is an activation).
std::vector<bool> depends_on_data(const ir::tp::Function& function);

/// By value: whether it is made of rows of weights that the data pick, sums and multiples of them: still a weight to
/// what it meets, but an activation to other weights.
std::vector<bool> picked_rows(const ir::tp::Function& function);

/// Preactivations and features: the activations of Kind::vector.
std::vector<ir::ValueId> hidden_vectors(const ir::tp::Function& function);

/// An instruction at which an expression of states only (n^{-a} w) meets an activation: a product W x, or a sum x + b.
struct WeightUse {
  ir::ValueId result;  ///< the product or sum
  ir::ValueId weight;
  ir::ValueId activation;
  bool is_product = true;
  std::vector<ir::StateId> states;  ///< those the weight expression is made of, each once
};
std::vector<WeightUse> weight_uses(const ir::tp::Function& function);

/// Of the user's value, from that of the value `id` in the program.
ir::Exponent user_exponent(const ir::tp::Function& function, ir::ValueId id, const ir::Exponent& exponent);

}  // namespace tpc::passes::width
