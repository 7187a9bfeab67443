/// \file The one training loop: the infinite-width limit and finite networks go through the same steps, batches and
/// records; only the evaluator differs.
#pragma once

#include "evaluation/training/evaluator.h"
#include "evaluation/training/monitor.h"
#include "evaluation/training/plan.h"

namespace tpc::evaluation {

/// Trains from the evaluator's initial state. Reports `already_done` + its own steps to `watch`, and ends early, with
/// `interrupted` set, when that asks for it. Ends with `diverged` where a number is not finite, or where the loss has
/// grown by `divergent_growth` (unless plan.growth_expected). Throws EvaluationFailure (capacity, memory).
Trajectory train(Evaluator& evaluator, const TrainingPlan& plan, Watch& watch, int64_t already_done = 0);

/// What outputs of 0 lose at most on the training set: log(classes), or half the largest squared target (of a target
/// that is no field: the largest squared number that the loss reads).
double loss_of_zero_outputs(const TrainingPlan& plan);

/// Times max(1, the first loss, loss_of_zero_outputs): outputs a million times larger than what is to be
/// learned are on no way back. Targets count because the first batch may have the small ones. Not less: unbounded
/// features, such as squares, take few steps to a loss of 10^7 that is still the answer.
inline constexpr double divergent_growth = 1e12;

}  // namespace tpc::evaluation
