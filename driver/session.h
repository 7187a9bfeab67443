/// \file What run, simulate and compare start from: a compiled program, its data, and the plan of its training.
#pragma once

#include <memory>
#include <vector>

#include "driver/compile.h"
#include "evaluation/compiled/work_estimate.h"
#include "evaluation/training/training.h"

namespace tpc::driver {

struct Session {
  std::unique_ptr<Compilation> compilation;
  std::vector<LoadedSet> sets;
  TrainingPlan plan;  ///< refers to the other two
  double compile_seconds = 0.0;

  [[nodiscard]] const sema::Program& program() const { return *compilation->program; }
};

/// Null after a user error, which has been reported on stderr.
std::unique_ptr<Session> start_session(const Options& options, Stage last);

WorkFacts work_facts(const TrainingPlan& plan);

/// What to say about an evaluation that could not go on.
void report_failure(const EvaluationFailure& failure, diag::Engine& diagnostics);

}  // namespace tpc::driver
