#include "passes/kernel/linear_states.h"

#include <algorithm>

namespace tpc::passes::kernel {

using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

using StateSet = std::vector<bool>;  // by StateId

/// By ValueId: the states that the value reads.
std::vector<StateSet> states_read(const tp::Function& function, size_t state_count) {
  std::vector<StateSet> sets(function.body.size(), StateSet(state_count));
  for (size_t i = 0; i < sets.size(); ++i) {
    const tp::Op& op = function.body[i].op;
    if (const auto* read = std::get_if<ir::Read>(&op)) sets[i][read->state.index] = true;
    ir::for_each_operand(op, [&](const ValueId& operand) {
      for (size_t s = 0; s < state_count; ++s) sets[i][s] = sets[i][s] || sets[operand.index][s];
    });
  }
  return sets;
}

/// By StateId: where the forward pass first uses the state, counted from its end; what is used last stands first.
std::vector<StateId> last_used_first(const tp::Function& function, ValueId output, size_t state_count) {
  std::vector<size_t> first_use(state_count);
  for (size_t i = 0; i <= output.index; ++i) {
    ir::for_each_operand(function.body[i].op, [&](const ValueId& operand) {
      const auto* read = std::get_if<ir::Read>(&function.at(operand).op);
      if (read != nullptr && first_use[read->state.index] == 0) first_use[read->state.index] = i;
    });
  }
  std::vector<StateId> order;
  for (size_t s = 0; s < state_count; ++s) order.emplace_back(s);
  std::stable_sort(order.begin(), order.end(),
                   [&](StateId a, StateId b) { return first_use[a.index] > first_use[b.index]; });
  return order;
}

}  // namespace

std::vector<StateId> linear_states(const tp::Module& module, const tp::Function& function, ValueId output,
                                   const std::vector<std::vector<Contribution>>& gradients) {
  const std::vector<StateSet> sets = states_read(function, module.states.size());
  auto gradient_depends = [&](StateId state, StateId on) {
    return std::any_of(gradients[state.index].begin(), gradients[state.index].end(), [&](const Contribution& term) {
      auto depends = [&](ValueId id) { return id.valid() && sets[id.index][on.index]; };
      return depends(term.product.left) || depends(term.product.right);
    });
  };
  std::vector<StateId> chosen;
  for (StateId candidate : last_used_first(function, output, gradients.size())) {
    const ir::State& state = module.state(candidate);
    const bool suitable = state.type.kind != ir::Kind::matrix && state.init.kind == ir::InitKind::gaussian &&
                          state.init.value != 0.0 && !gradients[candidate.index].empty() &&
                          !gradient_depends(candidate, candidate);
    const bool fits = suitable && std::none_of(chosen.begin(), chosen.end(), [&](StateId other) {
                        return gradient_depends(candidate, other) || gradient_depends(other, candidate);
                      });
    if (fits) chosen.push_back(candidate);
  }
  return chosen;
}

}  // namespace tpc::passes::kernel
