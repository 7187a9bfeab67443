/// \file The infinitely wide network in whichever regime the program has a limit.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "evaluation/kernel/kernel_run.h"
#include "evaluation/limit/limit_run.h"

namespace tpc::evaluation {

/// A program with its limit.
struct DerivedProgram {
  const ir::tp::Module& finite_width;
  const ir::limit::Module& limit;
  const ir::limit::Module* random_limit = nullptr;  ///< kernel regime: the limit before expectations became formulas
  const std::map<ir::FunctionKey, std::string>* without_formula = nullptr;  ///< kernel regime: see KernelProgram
  const passes::FunctionSpace* tasks = nullptr;  ///< kernel regime of a program that adapts to tasks: see KernelProgram
};

struct InfiniteWidthRun {
  Trajectory trajectory;
  MethodChoice choice;  ///< samples, replicas and tolerance as they were used
  std::vector<MatrixRank> ranks;
  double discarded = 0.0;              ///< of the accumulated updates: tp_discarded
  std::optional<KernelResult> kernel;  ///< kernel regime; `trajectory` is then that from f_0 = 0
  bool draws_start = false;            ///< every replica has an initial function of its own (method.h)
  double compile_seconds = 0.0;        ///< of the machine code
  double run_seconds = 0.0;
  std::optional<double> largest_error;  ///< where a target was set: the largest standard error of what was recorded

  /// Networks start from different functions, drawn from a Gaussian process, and only their means tend to the limit.
  [[nodiscard]] bool random_start() const { return draws_start || (kernel && kernel->nngp); }
  /// Over initial functions; empty: the start is not random, or it has not been computed.
  [[nodiscard]] std::optional<StartSpread> spread() const {
    if (draws_start && choice.settings.replicas > 1) return spread_of_replicas(trajectory, choice.settings.replicas);
    return kernel ? kernel->spread : std::nullopt;
  }
  /// What networks, or with a random start their means, tend to.
  [[nodiscard]] Trajectory mean_trajectory() const {
    return kernel ? mean_over_starts(trajectory, kernel->spread) : trajectory;
  }
};

/// With a target error as often as it takes, with more samples every time. Empty after a user error; errors and
/// warnings are in the problem's diagnostics.
std::optional<InfiniteWidthRun> run_infinite_width(const Problem& problem, const DerivedProgram& program,
                                                   const EvaluationSettings& settings);

}  // namespace tpc::evaluation
