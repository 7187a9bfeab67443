#include "passes/mup/update_rules.h"

#include <algorithm>

#include "base/diag/check.h"

namespace tpc::passes {
const std::vector<UpdateRule>& update_rules() {
  static const std::vector<UpdateRule> rules = {
#define TPC_ROW(kind, name, near_zero, at_infinity, decay, torch, torch_decay) \
  {#name, UpdateKind::kind, near_zero, at_infinity, DecayKind::decay, torch, DecayKind::torch_decay},
#define TPC_DESCENT(...) TPC_ROW(descent, __VA_ARGS__)
#define TPC_ENTRYWISE(...) TPC_ROW(entrywise, __VA_ARGS__)
#define TPC_SPECTRAL(...) TPC_ROW(spectral, __VA_ARGS__)
#include "ir/core/optimizers.def"
#undef TPC_ROW
  };
  return rules;
}

std::vector<std::string> update_rule_names() {
  std::vector<std::string> names;
  for (const UpdateRule& rule : update_rules()) names.emplace_back(rule.name);
  return names;
}

const UpdateRule& update_rule(std::string_view name) {
  const auto found = std::ranges::find(update_rules(), name, &UpdateRule::name);
  TPC_CHECK(found != update_rules().end(), "an optimizer that is not in the table");
  return *found;
}

const UpdateRule& update_rule(const ir::OptimizerSettings& settings) { return update_rule(ir::name_of(settings)); }

}  // namespace tpc::passes
