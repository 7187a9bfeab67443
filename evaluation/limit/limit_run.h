/// \file Trains the infinitely wide network where features move: picks a method, compiles to machine code, runs.
#pragma once

#include <optional>
#include <vector>

#include "evaluation/compiled/method.h"
#include "evaluation/compiled/settings.h"
#include "evaluation/training/problem.h"
#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::evaluation {

struct LimitRun {
  Trajectory trajectory;
  MethodChoice choice;  ///< samples, replicas and tolerance as they were used
  std::vector<MatrixRank> ranks;
  double discarded = 0.0;        ///< of the accumulated updates: tp_discarded
  double compile_seconds = 0.0;  ///< of the machine code
  double run_seconds = 0.0;
};

/// `limit`: derived from `finite_width`, which shows how the data lie in input space. Empty after a user error; errors
/// and warnings are in the problem's diagnostics. Diverged: an error is reported, and the run is as far as it came.
std::optional<LimitRun> run_limit(const Problem& problem, const ir::tp::Module& finite_width,
                                  const ir::limit::Module& limit, const EvaluationSettings& settings);

}  // namespace tpc::evaluation
