/// \file A whole run in the kernel regime (math.md 5b): kernel and initial covariance over all points, kernel gradient
/// descent by the generated step, and the spread over a Gaussian-process start.
#pragma once

#include <optional>

#include "evaluation/kernel/gaussian_start.h"
#include "evaluation/kernel/kernel_method.h"

namespace tpc::evaluation {

/// Matrices over the points: the training set, then the other data sets whose outputs are recorded. Of a program that
/// adapts to tasks the points are those that f has moved along, and there are no matrices.
struct KernelResult {
  int64_t points = 0;
  bool tasks = false;
  Estimates kernel;
  std::optional<Estimates> nngp;      ///< empty: f_0 = 0
  std::optional<StartSpread> spread;  ///< of a Gaussian-process start, unless interrupted or too much work
};

struct KernelRun {
  Trajectory trajectory;  ///< from f_0 = 0; with squared loss also the mean over the start
  MethodChoice choice;
  KernelResult result;
  double compile_seconds = 0.0;
  double run_seconds = 0.0;
};

/// Empty after a user error; errors and warnings are in the problem's diagnostics. Diverged: an error is reported, and
/// the run is as far as it came.
std::optional<KernelRun> run_kernel(const Problem& problem, const KernelProgram& program,
                                    const EvaluationSettings& settings);

/// What a run may hold, in bytes; more points are refused.
inline constexpr double most_kernel_bytes = 4.0 * 1024 * 1024 * 1024;

}  // namespace tpc::evaluation
