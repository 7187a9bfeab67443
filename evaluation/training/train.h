/// \file The one training loop: the infinite-width limit and finite networks go through the same steps, batches and
/// records; only the evaluator differs.
#pragma once

#include "evaluation/training/evaluator.h"
#include "evaluation/training/monitor.h"
#include "evaluation/training/plan.h"

namespace tpc::evaluation {

/// Trains from the evaluator's initial state. Reports `already_done` + its own steps to `watch`, and ends early, with
/// `interrupted` set, when that asks for it. Throws EvaluationFailure.
Trajectory train(Evaluator& evaluator, const TrainingPlan& plan, Watch& watch, int64_t already_done = 0);

}  // namespace tpc::evaluation
