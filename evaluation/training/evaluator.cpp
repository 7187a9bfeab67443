#include "evaluation/training/evaluator.h"

#include <algorithm>
#include <cmath>

namespace tpc::evaluation {

std::vector<ReplicaValues> Evaluator::predict(const std::vector<const LoadedSet*>& sets) {
  std::vector<ReplicaValues> values;
  for (const LoadedSet* set : sets) values.push_back(evaluate(ir::FunctionRole::predict, *set));
  return values;
}

std::optional<ParameterRows> Evaluator::parameter(const std::string&, size_t) const { return std::nullopt; }

void check_finite(const std::vector<double>& values, const std::string& otherwise) {
  if (std::ranges::all_of(values, [](double x) { return std::isfinite(x); })) return;
  throw EvaluationFailure{EvaluationFailure::Kind::not_finite, otherwise};
}

}  // namespace tpc::evaluation
