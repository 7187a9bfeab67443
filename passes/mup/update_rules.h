/// \file How the updates of optimizers scale, one line each (update_rules.def).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ir/core/optimizer.h"

namespace tpc::passes {

enum class UpdateKind { descent, entrywise, spectral };
enum class DecayKind { coupled, decoupled };

struct UpdateRule {
  std::string_view name;
  UpdateKind kind = UpdateKind::descent;
  bool has_eps = false;
  DecayKind decay = DecayKind::coupled;
};

/// In the order of the table, the first one being plain descent.
const std::vector<UpdateRule>& update_rules();
std::vector<std::string> update_rule_names();
/// Precondition: it is one of them.
const UpdateRule& update_rule(std::string_view name);
/// Of the optimizer of a program.
const UpdateRule& update_rule(const ir::OptimizerSettings& settings);

}  // namespace tpc::passes
