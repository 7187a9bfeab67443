#include "passes/limit/unused_states.h"

#include <algorithm>
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
      ir::Overloaded{[](const ir::OneOf<ir::Write, ir::AddRows> auto& change) { return change.state; },
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

template <class F>
void for_each_state(limit::Module& module, F&& f) {
  for (limit::Function& function : module.functions) {
    for (limit::Instruction& instruction : function.body) for_each_state(instruction.op, f);
  }
}

/// Removes the other states. Precondition: no instruction refers to one.
void keep_states(limit::Module& module, const std::vector<bool>& kept) {
  std::vector<StateId> renamed;
  std::vector<ir::State> states;
  for (size_t i = 0; i < kept.size(); ++i) {
    renamed.emplace_back(states.size());
    if (kept[i]) states.push_back(std::move(module.states[i]));
  }
  module.states = std::move(states);
  for_each_state(module, [&](StateId& state) { state = renamed[state.index]; });
}

/// Marks the states that some result is computed from, however late.
std::vector<bool> used_states(limit::Module& module) {
  std::vector<bool> used(module.states.size(), false);
  for (bool grew = true; grew;) {
    grew = false;
    for (limit::Function& function : module.functions) grew = mark_used(function, used) || grew;
  }
  return used;
}

}  // namespace

void drop_unused_states(limit::Module& module) {
  const std::vector<bool> used = used_states(module);
  std::vector<bool> kept(used.size(), true);
  bool any = false;
  for (limit::Function& function : module.functions) {
    for (limit::Instruction& instruction : function.body) {
      const StateId changed = changed_state(instruction.op);
      if (!changed.valid() || used[changed.index]) continue;
      kept[changed.index] = false;
      any = true;
      // Nobody uses it; a constant is what dead code elimination removes.
      instruction = {ir::Constant{}, {ir::Kind::scalar, {}}, {}, {}, {}};
    }
  }
  if (!any) return;
  eliminate_dead_code(module);
  keep_states(module, kept);
}

void drop_unmentioned_states(limit::Module& module, size_t first) {
  std::vector<bool> mentioned(module.states.size(), false);
  std::fill_n(mentioned.begin(), first, true);
  for_each_state(module, [&](StateId state) { mentioned[state.index] = true; });
  keep_states(module, mentioned);
}

}  // namespace tpc::passes
