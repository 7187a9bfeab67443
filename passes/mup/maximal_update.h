/// \file The maximal update parametrization of any program (math.md section 4), derived from its operations: a pass
/// that reads a forward program and answers with exponents for every weight.
///
/// 1. a + b: every use of a weight keeps sizes. A vector made from an activation of order one is of order one at
///    initialisation. A sum over the width (a readout) is what it would be if its n terms did not cancel, so a + b = 1
///    for V @ z: the gradient that enters from V_0 is then no larger than the one from V's update.
/// 2. 2 a + c: as small as stability allows, so that the weight's own update moves what the weight produces by order
///    one. A change of order one of the loss through the update alone means c = 2 b - 1 at a = 0; from there the width
///    analysis corrects each weight by its measured exponent until all are 0.
/// 3. Which of the points with these a + b and 2 a + c: a = 0, where the trained weight is the weight itself; for an
///    optimizer that tells them apart (weight decay, a norm of gradients) c = 0, where decay acts by order one.
/// 4. The width analysis classifies the point found, trained by the program's own optimizer: that is the verification,
///    not an assumption.
///
/// Shown by: tests/unit/passes/maximal_update_test.cpp (the rows of math.md section 1 for MLPs, other architectures,
/// sign descent at finite width for Adam).
#pragma once

#include <string>
#include <vector>

#include "passes/mup/points.h"

namespace tpc::passes {

/// A weight's exponents: W = n^{-a} w, initial entries of w of size sigma n^{-b}, its learning rate eta n^{-c}; an
/// entrywise optimizer sees n^d times its gradient, which says the same as eps n^{-d} beside the gradient itself.
struct MaximalWeight {
  std::string name;
  ir::Role role = ir::Role::input;
  ir::Init init;
  ir::Rational a, b, c;
  std::optional<ir::Rational> d;
  ir::Exponent update_exponent;       ///< what its own update contributes to what it produces; 0 is what was asked for
  std::string remark;                 ///< why that is not 0; or why one exponent b cannot serve all uses; may be empty
  bool embeds_and_reads_out = false;  ///< the cause of the latter: it is an input's weight and an output's
  Span span;
};

struct MaximalUpdate {
  std::vector<MaximalWeight> weights;  ///< those `predict` reads, in the order of the file
  std::vector<ir::State> states;       ///< of the program, with these exponents (for spectral rules those of descent)
  /// Of the point, trained by a rule of this kind; for spectral ones by plain descent with updates of the same size.
  Classification classification;
};

/// The maximal update of the program of `points`.
MaximalUpdate derive_maximal_update(mup::Points& points, const UpdateRule& rule);

/// What would have to change at the point (a, b, c) of `states`, in sentences: "raise a + b of V by 1/2 (to 1)", if the
/// analysis finds feature learning through every weight then. Empty if all invariants a + b and 2 a + c of weights that
/// move are those of the maximal update.
std::vector<std::string> changes_towards(const MaximalUpdate& maximal, mup::Points& points,
                                         const std::vector<ir::State>& states);

}  // namespace tpc::passes
