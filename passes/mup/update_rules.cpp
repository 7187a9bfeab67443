#include "passes/mup/update_rules.h"

#include <algorithm>

#include "base/diag/check.h"
#include "ir/core/visit.h"

namespace tpc::passes {
namespace {

std::string_view name_of_rule(const ir::EntrywiseSettings& settings) {
  switch (settings.rule) {
    case ir::EntrywiseRule::adam: return settings.decoupled_decay != 0.0 ? "adamw" : "adam";
    case ir::EntrywiseRule::signsgd: return "signsgd";
    case ir::EntrywiseRule::rmsprop: return "rmsprop";
    case ir::EntrywiseRule::adagrad: return "adagrad";
    case ir::EntrywiseRule::lion: return "lion";
  }
  internal_error(__FILE__, __LINE__, "no such rule");
}

}  // namespace

const std::vector<UpdateRule>& update_rules() {
  static const std::vector<UpdateRule> rules = {
#define TPC_UPDATE_RULE(name, kind, has_eps, decay) {#name, UpdateKind::kind, has_eps, DecayKind::decay},
#include "passes/mup/update_rules.def"
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

const UpdateRule& update_rule(const ir::OptimizerSettings& settings) {
  return std::visit(ir::Overloaded{[](const ir::SgdSettings&) -> const UpdateRule& { return update_rule("sgd"); },
                                   [](const ir::EntrywiseSettings& entrywise) -> const UpdateRule& {
                                     return update_rule(name_of_rule(entrywise));
                                   }},
                    settings);
}

}  // namespace tpc::passes
