/// \file Training that starts from a Gaussian process: what the initial functions of infinitely wide networks spread
/// around the trajectory from f_0 = 0 (math.md 5b).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evaluation/kernel/kernel_evaluator.h"
#include "evaluation/training/monitor.h"

namespace tpc::evaluation {

/// Initial functions drawn when the spread has no closed form.
inline constexpr int64_t initial_functions = 64;

struct StartSpread {
  int64_t draws = 0;     ///< 0: closed form (the recursion is affine: squared loss)
  Trajectory mean;       ///< over initial functions; closed form: outputs empty, they are the trajectory from 0
  Trajectory deviation;  ///< standard deviations over initial functions of the same; closed form: no losses
  std::vector<double> covariance;  ///< closed form: of one output on all points at the last step, [points, points]
};

/// Of a limit every replica of which has drawn its own initial function: `trajectory` is the mean over them. replicas
/// > 1.
StartSpread spread_of_replicas(const Trajectory& trajectory, int64_t replicas);

/// What means over finite networks, which start at random too, tend to: the mean over initial functions.
Trajectory mean_over_starts(const Trajectory& from_zero, const std::optional<StartSpread>& spread);

/// Root mean square, over what is recorded, of the standard deviation of an output over initial functions.
double rms_spread(const StartSpread& spread);

/// S with S S^T = NNGP.
struct StartFactor {
  int64_t columns = 0;
  std::vector<double> matrix;  ///< [points, columns]
};
StartFactor factor_of(const std::vector<double>& nngp, int64_t points);

/// A start to train from.
struct StartProblem {
  const tp_model_descriptor& recursion;  ///< recursion_functions (passes/kernel), compiled
  const KernelPoints& points;
  const ReplicaValues& kernel;
  const StartFactor& factor;
  const TrainingPlan& plan;
};

struct SpreadRun {
  std::optional<StartSpread> spread;
  bool interrupted = false;
  std::optional<Divergence> diverged;  ///< then there is no spread
};

/// Of an affine recursion: its homogeneous part is run on the columns of the factor, S_{t+1} = (I - eta K ..) S_t, and
/// Cov f_t = S_t S_t^T, E loss_t = loss of the mean + its quadratic part at S_t (1/2 mean_i Var f_t(xi_i) of squared
/// loss) for each output. The recursion is
/// compiled with as many outputs as the factor has columns. `from_zero`: the trajectory from f_0 = 0. No spread if
/// interrupted.
SpreadRun spread_in_closed_form(const StartProblem& start, const Trajectory& from_zero, Monitor& monitor);

/// Of any other recursion: trajectories from drawn initial functions f_0 = S g, g standard normal and independent for
/// each output. When interrupted: over those that were finished; no spread if there are fewer than two.
SpreadRun spread_of_draws(const StartProblem& start, uint64_t seed, Monitor& monitor);

}  // namespace tpc::evaluation
