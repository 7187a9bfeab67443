/// \file The maximal update parametrization of any program (math.md section 4), derived from its operations: a pass
/// that reads a forward program and answers with exponents for every weight.
///
/// 1. a + b: every use of a weight keeps sizes. A vector made from an activation of order one is of order one at
///    initialisation. A sum over the width (a readout) is what it would be if its n terms did not cancel, so a + b = 1
///    for V @ z: the gradient that enters from V_0 is then no larger than the one from V's update.
/// 2. 2 a + c: as small as stability allows, so that the weight's own update moves what the weight produces by order
///    one. A change of order one of the loss through the update alone means c = 2 b - 1 at a = 0; from there the width
///    analysis corrects each weight by its measured exponent until all are 0.
/// 3. The width analysis classifies the point found: that is the verification, not an assumption.
///
/// Shown by: tests/unit/passes/maximal_update_test.cpp (the rows of math.md section 1 for MLPs, other architectures,
/// sign descent at finite width for Adam).
#pragma once

#include <string>
#include <vector>

#include "passes/width/classify.h"

namespace tpc::passes {

/// adam: any optimizer whose update entries are of order eta n^{-c} whatever the size of the gradient.
enum class UpdateRule { sgd, adam };

/// A weight's exponents at a = 0, where the trained weight is the weight itself: entries sigma n^{-b}, learning rate
/// eta n^{-c}.
struct MaximalWeight {
  std::string name;
  ir::Role role = ir::Role::input;
  ir::Init init;
  ir::Rational a, b, c;
  ir::Exponent update_exponent;  ///< what its own update contributes to what it produces; 0 is what was asked for
  std::string remark;            ///< why that is not 0; or why one exponent b cannot serve all uses; may be empty
  Span span;
};

struct MaximalUpdate {
  std::vector<MaximalWeight> weights;  ///< those `predict` reads, in the order of the file
  Classification classification;       ///< of the point for SGD (an `adam` point makes updates of the same size)
};

/// `forward`: as lowered, with the function `predict` and perhaps `loss` (without one: squared loss against a target of
/// the output's shape). Precondition: it verifies, and every state has a = 0. b and c of the states are ignored.
MaximalUpdate derive_maximal_update(ir::tp::Module forward, UpdateRule rule);

/// What would have to change at the point (a, b, c) of `states`, in sentences: "raise a + b of V by 1/2 (to 1)". Empty
/// if all invariants a + b and 2 a + c of weights that move are those of the maximal update.
std::vector<std::string> changes_towards(const MaximalUpdate& maximal, const std::vector<ir::State>& states);

}  // namespace tpc::passes
