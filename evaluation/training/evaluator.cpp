#include "evaluation/training/evaluator.h"

namespace tpc::evaluation {

std::vector<ReplicaValues> Evaluator::predict(const std::vector<const LoadedSet*>& sets) {
  std::vector<ReplicaValues> values;
  for (const LoadedSet* set : sets) values.push_back(evaluate(ir::FunctionRole::predict, *set));
  return values;
}

}  // namespace tpc::evaluation
