/// \file A program at other points (a, b, c), trained by its own optimizer: what searches and advice are checked by.
#pragma once

#include <map>
#include <vector>

#include "ir/core/optimizer.h"
#include "passes/mup/faithfulness.h"
#include "passes/mup/update_rules.h"
#include "passes/width/classify.h"

namespace tpc::passes::mup {

struct Found {
  WidthAnalysis analysis;
  Classification classification;
  std::vector<EntrywiseSizes> entrywise;  ///< of entrywise optimizers
};

class Points {
 public:
  /// `forward`: as lowered, with the function `predict` and perhaps `loss` (without one: squared loss against a target
  /// of the output's shape). Precondition: it verifies, and every state has a = 0.
  Points(ir::tp::Module forward, ir::OptimizerSettings optimizer);

  /// The forward program with its gradient, at a = 0.
  [[nodiscard]] const ir::tp::Module& module() const { return at_zero_; }
  [[nodiscard]] const ir::tp::Module& forward() const { return forward_; }
  /// Whether (a + t, b - t, c - 2t) is the same program for every t (math.md section 1). Weight decay acts on what is
  /// trained with n^{-c} alone, a norm compares the gradients of what is trained: both tell the points apart.
  [[nodiscard]] bool has_symmetry() const;

  /// By what the optimizer's updates are judged.
  [[nodiscard]] Invariant rate_invariant() const { return rule().rate_invariant(); }
  [[nodiscard]] const UpdateRule& rule() const { return update_rule(optimizer_); }

  /// With the a, b, c, d that states of these names have here. Without d the optimizer sees numbers of order one
  /// wherever the point lies.
  [[nodiscard]] Found at(const std::vector<ir::State>& states);
  /// The states of the program with these exponents.
  [[nodiscard]] std::vector<ir::State> states_of(const std::vector<ir::State>& states) const;

 private:
  const ir::tp::Module& with_multipliers(const std::vector<ir::State>& states);

  ir::tp::Module forward_, at_zero_;
  ir::OptimizerSettings optimizer_;
  std::map<std::vector<ir::Rational>, ir::tp::Module> elsewhere_;  ///< gradients by the states' a
};

}  // namespace tpc::passes::mup
