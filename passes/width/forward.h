/// \file Which values of a forward function are hidden vectors, and where weights meet activations.
///
/// A weight of the user is W = n^{-a} w, but simplification moves such powers of the width past linear operations
/// (n^{-a} (w x) for W x, even out of a readout). `missing` is what a value still lacks: the user's value is n^missing
/// times the one in the program. It is found by counting: each read of a state owes n^{-a}, each multiplication by a
/// power of the width pays.
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes::width {

/// By ValueId: whether the value depends on a data field (then it is an activation).
std::vector<bool> depends_on_data(const ir::tp::Function& function);

/// A preactivation or feature: an activation of Kind::vector.
struct HiddenVector {
  ir::ValueId id;
  ir::Rational missing;
};
std::vector<HiddenVector> hidden_vectors(const ir::tp::Module& module, const ir::tp::Function& function);

/// An instruction at which an expression of states only (n^{-a} w) meets an activation: a product W x, or a sum x + b.
/// If the result is a scalar, multiplications by powers of the width that follow at once belong to it (the n^{-a} of a
/// readout, the 1/n of a mean).
struct WeightUse {
  std::vector<ir::ValueId> instructions;  ///< the product or sum, then those multiplications
  ir::ValueId weight;
  ir::ValueId activation;
  bool is_product = true;
  std::vector<ir::StateId> states;  ///< those the weight expression is made of, each once
  ir::Rational missing;             ///< of result()
  [[nodiscard]] ir::ValueId result() const { return instructions.back(); }
};
std::vector<WeightUse> weight_uses(const ir::tp::Module& module, const ir::tp::Function& function);

}  // namespace tpc::passes::width
