/// \file What run, simulate and compare start from: a compiled program, its data, and the plan of its training.
#pragma once

#include <memory>
#include <vector>

#include "driver/compile.h"
#include "evaluation/experiment/infinite_width.h"
#include "evaluation/training/problem.h"

namespace tpc::driver {

using namespace evaluation;  // the command speaks of runs, plans and trajectories throughout

/// --save: a parameter that is written to a file once it is trained.
struct SavedParameter {
  const sema::Parameter* parameter = nullptr;
  std::string path;
  const Vocabulary* names = nullptr;  ///< of its rows; null: they have none
};

struct Session {
  std::unique_ptr<Compilation> compilation;
  std::vector<LoadedSet> sets;
  std::vector<GivenStart> starts;
  TrainingPlan plan;                  ///< refers to the other two
  std::vector<SavedParameter> saves;  ///< written by the runs of problem()
  double compile_seconds = 0.0;

  [[nodiscard]] const sema::Program& program() const { return *compilation->program; }
  [[nodiscard]] Problem problem(Monitor& monitor) const;
  /// Precondition: Stage::limit was reached.
  [[nodiscard]] DerivedProgram derived() const {
    return {*compilation->finite_width, *compilation->limit,
            compilation->random_limit ? &*compilation->random_limit : nullptr, &compilation->sampled,
            compilation->tasks ? &*compilation->tasks : nullptr};
  }
};

/// Null after a user error, which has been reported on stderr.
std::unique_ptr<Session> start_session(const Options& options, Stage last);

}  // namespace tpc::driver
