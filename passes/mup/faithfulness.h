/// \file What the rule of an entrywise optimizer makes of the size of gradients (Yang and Littwin 2023, sections 2.1
/// and 2.8; theirs are the faithful points).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "passes/mup/update_rules.h"
#include "passes/update/update.h"
#include "passes/width/width_analysis.h"

namespace tpc::passes {

/// What optimizers with eps see: numbers of order one beside it, numbers that vanish, numbers that grow.
enum class Faithfulness { faithful, eps_dominates, eps_vanishes };

/// Entries of W start like n^{-alpha}, the optimizer sees gradients like n^phi, updates of the entries are like
/// n^{-kappa}: kappa = a + c - p phi, if Q is homogeneous of degree p where its arguments are.
struct EntrywiseSizes {
  std::string weight;
  ir::Rational alpha;
  std::optional<ir::Rational> kappa;         ///< empty: it never moves
  std::optional<ir::Rational> phi;           ///< of rules with eps: those without do not see sizes
  std::optional<Faithfulness> faithfulness;  ///< where phi is
};

/// Of the weights with a gradient, in the order of `seen`. `analysis`: of `module`, trained by the rule. Shown by:
/// tests/unit/passes/faithfulness_test.cpp (kappa against the width analysis), tests/numeric/unfaithful_test.py
/// (against slopes of finite networks).
std::vector<EntrywiseSizes> entrywise_sizes(const ir::tp::Module& module, const WidthAnalysis& analysis,
                                            const std::vector<SeenGradient>& seen, const UpdateRule& rule);

}  // namespace tpc::passes
