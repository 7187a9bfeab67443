#include "evaluation/training/evaluator.h"

namespace tpc::evaluation {

std::vector<ReplicaValues> Evaluator::predict(const std::vector<const LoadedSet*>& sets) {
  std::vector<ReplicaValues> values;
  for (const LoadedSet* set : sets) values.push_back(evaluate(ir::FunctionRole::predict, *set));
  return values;
}

void report_failure(const EvaluationFailure& failure, diag::Engine& diagnostics) {
  using diag::Kind;
  switch (failure.kind) {
    case EvaluationFailure::Kind::diverged:
      diagnostics.report(Kind::training_diverged, {{"step", std::to_string(failure.step)}});
      return;
    case EvaluationFailure::Kind::memory:
      diagnostics.report(Kind::not_enough_memory,
                         {{"what", failure.message}, {"advice", "use fewer `--samples` or `--replicas`"}});
      return;
    case EvaluationFailure::Kind::capacity:
      diagnostics.report(Kind::sample_space_full, {{"why", failure.message}});
      return;
  }
}

}  // namespace tpc::evaluation
