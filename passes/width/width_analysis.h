/// \file Width exponents of every value of a training program (math.md section 4): exact rationals, on operations only.
/// Shown by: tests/unit/passes/width_*_test.cpp (random MLP points against the theorem of math.md section 2).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

/// Coordinates of the value are Theta(n^initial) at initialisation; its change since then is Theta(n^change) at late
/// steps (minus infinity: it never changes).
struct ValueExponents {
  ir::Exponent initial;
  ir::Exponent change;
  [[nodiscard]] ir::Exponent overall() const { return ir::max(initial, change); }
};

/// Exponents of a state's trained entries w (not of W = n^{-a} w). For a matrix, `update` is that of the entries of its
/// accumulated rank-one updates, coefficient and both factors included.
struct StateExponents {
  ir::Exponent initial;
  ir::Exponent update;
  /// Of a matrix, entries of what training made of initial Gaussian matrices: weight decay scales W_0, momentum carries
  /// a multiple of it. Minus infinity: W_0 is never touched.
  ir::Exponent rescaled;
  ir::StateId gaussian;  ///< whose initial Gaussian matrix that is (its own or another's); invalid: none
};

struct WidthAnalysis {
  std::vector<ValueExponents> step;     ///< by ValueId of the function `step`
  std::vector<ValueExponents> predict;  ///< by ValueId of the function `predict`
  std::vector<StateExponents> states;   ///< by StateId
  /// By StateId: exponent of what the state's own update contributes to the vector (or output) it produces: 0 moves
  /// it, negative vanishes, minus infinity if it is never trained. For an MLP: -r_l, and 1 - (2 a_{L+1} + c).
  std::vector<ir::Exponent> update_contribution;
  /// By StateId: exponent of how far the state's own update alone moves the output of `predict`, all other states at
  /// their initial values. In the kernel regime 0 says that the state's term is in the kernel. For an MLP without a
  /// faster readout update: 1 - (a_{L+1} + b_{L+1}) - r_l, and 1 - (2 a_{L+1} + c).
  std::vector<ir::Exponent> output_contribution;
  /// By name: the values of every further function of the module (observe_<i>), as `step` and `predict`.
  std::map<ir::FunctionKey, std::vector<ValueExponents>> other_functions;
  /// false: a hidden vector or the output grows with the width (or the exponents never repeat). The exponents are then
  /// those of the first step after which that is so; everything later is a consequence.
  bool settles = true;
  /// Training steps that were looked at. If the exponents do not settle, they say nothing of later ones.
  int64_t steps = 0;
  /// false: `predict` applies a nonlinearity that is not homogeneous to a growing argument (or divides by what is zero
  /// at initialisation): the exponents beyond are bounds only.
  bool power_law = true;
};

/// Precondition: `module` verifies and has the functions `step` and `predict`.
WidthAnalysis analyze_width(const ir::tp::Module& module);

/// The exponents of one function's values alone, as analyze_width has them. Precondition: as there, and `module` has
/// the function.
std::vector<ValueExponents> analyze_function(const ir::tp::Module& module, const ir::FunctionKey& function);

/// One line per state and per value of `step`: the printer pass of the analysis (tpc-opt --passes=print-width).
std::string print_width(const ir::tp::Module& module, const WidthAnalysis& analysis);

}  // namespace tpc::passes
