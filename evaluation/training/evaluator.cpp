#include "evaluation/training/evaluator.h"

namespace tpc::evaluation {

std::vector<ReplicaValues> Evaluator::predict(const std::vector<const LoadedSet*>& sets) {
  std::vector<ReplicaValues> values;
  for (const LoadedSet* set : sets) values.push_back(evaluate(ir::FunctionRole::predict, *set));
  return values;
}

std::optional<ParameterRows> Evaluator::parameter(const std::string&, size_t) const { return std::nullopt; }

}  // namespace tpc::evaluation
