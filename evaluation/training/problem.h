/// \file What every run starts from: a checked program, its data, and the plan of its training.
#pragma once

#include <functional>
#include <vector>

#include "base/diag/diagnostic.h"
#include "evaluation/data/starts.h"
#include "evaluation/training/evaluator.h"
#include "evaluation/training/monitor.h"
#include "evaluation/training/plan.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// Everything referred to must outlive the run.
struct Problem {
  const sema::Program& program;
  const std::vector<LoadedSet>& sets;
  const TrainingPlan& plan;
  diag::Engine& diagnostics;  ///< errors and warnings of the run
  Monitor& monitor;
  const std::vector<GivenStart>* starts = nullptr;  ///< of networks of a finite width; null: all are drawn
  /// Called with a network once it is trained, as far as it came: the infinitely wide one, or the first of its width.
  std::function<void(const Evaluator&)> trained = {};
};

}  // namespace tpc::evaluation
