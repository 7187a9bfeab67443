#include "passes/limit/unused_states.h"

#include <vector>

#include "ir/core/fields.h"
#include "ir/core/visit.h"
#include "passes/simplify/dce.h"

namespace tpc::passes {
namespace {

namespace limit = ir::limit;
using ir::StateId;

/// The state an instruction changes; invalid: none.
StateId changed_state(const limit::Op& op) {
  return std::visit(
      ir::Overloaded{[](const ir::Write& write) { return write.state; },
                     [](const ir::OneOf<limit::Append, limit::Combine> auto& update) { return update.matrix; },
                     []<class Op>(const Op&)
                       requires(!ir::HasEffect<Op>)
                     { return StateId(); }},
                     op);
}

template <class F>
void for_each_state(limit::Op& op, F&& f) {
  ir::for_each_field(op, [&](const char*, auto& field) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, StateId>) f(field);
  });
}

/// Marks the states that results and used states are computed from; true if there is a new one.
bool mark_used(limit::Function& function, std::vector<bool>& used) {
  std::vector<bool> live(function.body.size(), false);
  for (const ir::Result& result : function.results) live[result.value.index] = true;
  bool grew = false;
  for (size_t i = function.body.size(); i-- > 0;) {
    limit::Op& op = function.body[i].op;
    const StateId changed = changed_state(op);
    if (changed.valid()) live[i] = used[changed.index];
    if (!live[i]) continue;
    ir::for_each_operand(op, [&](ir::ValueId operand) { live[operand.index] = true; });
    for_each_state(op, [&](StateId state) {
      grew = grew || !used[state.index];
      used[state.index] = true;
    });
  }
  return grew;
}

}  // namespace

void drop_unused_states(limit::Module& module) {
  std::vector<bool> used(module.states.size(), false), written(module.states.size(), false);
  for (bool grew = true; grew;) {
    grew = false;
    for (limit::Function& function : module.functions) grew = mark_used(function, used) || grew;
  }
  bool any = false;
  for (limit::Function& function : module.functions) {
    for (limit::Instruction& instruction : function.body) {
      const StateId changed = changed_state(instruction.op);
      if (!changed.valid()) continue;
      written[changed.index] = true;
      any = any || !used[changed.index];
    }
  }
  if (!any) return;
  std::vector<StateId> renamed;
  std::vector<ir::State> kept;
  for (size_t i = 0; i < module.states.size(); ++i) {
    renamed.emplace_back(kept.size());
    if (used[i] || !written[i]) kept.push_back(std::move(module.states[i]));
  }
  module.states = std::move(kept);
  for (limit::Function& function : module.functions) {
    for (limit::Instruction& instruction : function.body) {
      const StateId changed = changed_state(instruction.op);
      // Nobody uses it; a constant is what dead code elimination removes.
      if (changed.valid() && !used[changed.index]) instruction = {ir::Constant{}, {ir::Kind::scalar, {}}, {}, {}};
    }
    eliminate_dead_code(function);
    for (limit::Instruction& instruction : function.body) {
      for_each_state(instruction.op, [&](StateId& state) { state = renamed[state.index]; });
    }
  }
}

}  // namespace tpc::passes
