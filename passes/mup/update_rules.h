/// \file How the updates of optimizers scale, one line each (ir/core/optimizers.def).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ir/core/optimizer.h"
#include "passes/width/invariants.h"

namespace tpc::passes {

enum class UpdateKind { descent, entrywise, spectral };
using ir::DecayKind;

struct UpdateRule {
  std::string_view name;
  UpdateKind kind = UpdateKind::descent;
  /// Of homogeneity in the gradients, where these are small or large against eps.
  int degree_near_zero = 1, degree_at_infinity = 1;
  DecayKind decay = DecayKind::coupled;
  std::string_view torch;  ///< the class of torch.optim; empty: none
  DecayKind torch_decay = DecayKind::coupled;
  [[nodiscard]] bool has_eps() const { return degree_near_zero != degree_at_infinity; }
  /// By what its updates are judged.
  [[nodiscard]] Invariant rate_invariant() const {
    return kind == UpdateKind::descent ? Invariant::rate : Invariant::entrywise_rate;
  }
};

/// In the order of the table, the first one being plain descent.
const std::vector<UpdateRule>& update_rules();
std::vector<std::string> update_rule_names();
/// Precondition: it is one of them.
const UpdateRule& update_rule(std::string_view name);
/// Of the optimizer of a program.
const UpdateRule& update_rule(const ir::OptimizerSettings& settings);

}  // namespace tpc::passes
