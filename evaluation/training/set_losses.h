/// \file What data sets with targets lose on average: the loss of training, over all of their examples.
#pragma once

#include <optional>
#include <vector>

#include "evaluation/interpreter/interpreter.h"
#include "evaluation/training/evaluator.h"
#include "evaluation/training/plan.h"
#include "ir/tp/ir.h"

namespace tpc::evaluation {

/// Decides of which sets the plan has losses. Where the loss is a function of the outputs (`module`, as lowered, has a
/// `criterion`): of every set with recorded outputs and targets, from these. Otherwise (a penalty, a loss of hidden
/// values) by the network's own loss, which costs a pass over the set: of every other set than that of training that
/// has an end, the fields, and no loss or accuracy that is observed.
void plan_set_losses(const ir::tp::Module& module, const std::vector<LoadedSet>& sets, TrainingPlan& plan);

/// Measures them in one run of the plan.
class SetLosses {
 public:
  explicit SetLosses(const TrainingPlan& plan);

  /// In the order of plan.set_losses. predicted: the outputs of plan.predicted. Throws EvaluationFailure: a loss that
  /// is not finite.
  std::vector<ReplicaValues> measure(const std::vector<ReplicaValues>& predicted, Evaluator& evaluator);

  /// Of one of plan.set_losses that follow from outputs, those given.
  ReplicaValues of_outputs(size_t set_loss, const ReplicaValues& outputs);

 private:
  const TrainingPlan& plan_;
  std::optional<Interpreter> criterion_;
  std::vector<Batch> targets_;  ///< by set loss: what the criterion reads besides outputs
};

}  // namespace tpc::evaluation
