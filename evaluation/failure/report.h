/// \file What to say of a run that could not go on.
#pragma once

#include <string>

#include "evaluation/training/evaluator.h"
#include "evaluation/training/problem.h"
#include "ir/tp/ir.h"

namespace tpc::evaluation {

/// A run that grew without bound or was not finite. `who`: "infinite width", "network 2 of width 64". Before any
/// training (step 0) it is a matter of the forward pass: then a finite network, of `finite_width`, shows which
/// operation makes the number, at its place in the program, and for which example.
void report_divergence(const Divergence& divergence, const std::string& who, const Problem& problem,
                       const ir::tp::Module& finite_width);

/// Warns of a run that came to an end, or was stopped, with a loss `suspicious_growth` times what it was, and what
/// outputs of 0 would lose: a network that has learned nothing does better. Not where growth is expected
/// (TrainingPlan). `who` as above. Returns whether it did.
bool warn_of_growth(const Trajectory& trajectory, const std::string& who, const Problem& problem);

/// Warns of observations of vectors that a finished run has no values of, and says why.
void warn_of_vectors_left_out(const Trajectory& trajectory, const Problem& problem, const std::string& why);

/// Far from what noise, a few large examples or a slow recovery explain.
inline constexpr double suspicious_growth = 1e3;

/// What made an evaluator fail before or outside of training.
void report_failure(const EvaluationFailure& failure, const Problem& problem, const ir::tp::Module& finite_width);

}  // namespace tpc::evaluation
