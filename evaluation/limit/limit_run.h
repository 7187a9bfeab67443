/// \file Trains the infinitely wide network of a session: picks a method, compiles to machine code, runs.
#pragma once

#include <optional>

#include "driver/session.h"
#include "evaluation/compiled/method.h"
#include "evaluation/kernel/kernel_run.h"
#include "evaluation/limit/limit_evaluator.h"

namespace tpc::driver {

struct LimitRun {
  Trajectory trajectory;
  MethodChoice choice;  ///< samples and replicas as they were used
  std::vector<MatrixRank> ranks;
  std::optional<KernelResult> kernel;  ///< kernel regime; `trajectory` is then that from f_0 = 0
  double compile_seconds = 0.0;        ///< of the machine code
  double run_seconds = 0.0;
};

/// Precondition: the session's compilation has reached Stage::limit. Empty after a user error; errors and warnings are
/// in the session's diagnostics, not yet printed.
std::optional<LimitRun> run_limit(Session& session, const Options& options);

/// "randomised quasi-Monte Carlo, 16384 samples x 12 scramblings": for tables and pictures.
std::string describe_method(const LimitSettings& settings);

}  // namespace tpc::driver
