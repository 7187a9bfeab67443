#include "evaluation/limit/limit_evaluator.h"

#include <algorithm>

#include "evaluation/training/blocks.h"

namespace tpc::evaluation {

ReplicaValues LimitEvaluator::evaluate(const ir::FunctionKey& function, const LoadedSet& set) {
  const uint32_t index = state_.function_index(function);
  const auto call = [&](const Batch& batch) { return state_.call(index, batch); };
  if (function == ir::FunctionRole::loss) return mean_in_blocks(set, block_size(), call);
  const bool by_example = state_.model().functions[index].example_extent != 0;  // not Gram matrices
  return evaluate_in_blocks(set, by_example ? block_size() : set.count, call);
}

/// Products with few vectors wait for the stored directions to arrive from memory: sets that fit into one block share
/// its passes over them.
std::vector<ReplicaValues> LimitEvaluator::predict(const std::vector<const LoadedSet*>& sets) {
  int64_t examples = 0;
  for (const LoadedSet* set : sets) examples += set->count;
  if (sets.size() < 2 || examples > block_size()) return Evaluator::predict(sets);
  return split_values(evaluate(ir::FunctionRole::predict, joined_sets(sets)), sets);
}

std::optional<ParameterRows> LimitEvaluator::parameter(const std::string& name, size_t copy) const {
  const auto state = state_.random_state(name);
  if (!state) return std::nullopt;
  const auto fetch = [this, state = *state, copy](int64_t first, int64_t count, double* out) {
    check_status(tp_state_rows(state_.get(), state, copy, static_cast<size_t>(first), static_cast<size_t>(count), out));
  };
  return ParameterRows{{static_cast<int64_t>(state_.model().states[*state].rows), samples(), fetch}, std::nullopt};
}

/// A call holds a few dozen arrays of [block, samples] in every replica, of which there are a dozen: about 2^20 numbers
/// each. Where a start is drawn there are more replicas, and gradients by every output.
int64_t LimitEvaluator::block_size() const {
  constexpr int64_t usual_replicas = 12, numbers = int64_t{1} << 20;
  if (replicas() <= usual_replicas) return std::max<int64_t>(16, numbers / samples());
  const uint32_t predict = state_.function_index(ir::FunctionRole::predict);
  const auto outputs = static_cast<int64_t>(state_.model().functions[predict].results[0].size);
  return std::max<int64_t>(16, usual_replicas * numbers / (samples() * replicas() * outputs));
}

}  // namespace tpc::evaluation
