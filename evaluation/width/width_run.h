/// \file Trains networks of a finite width, one seed after the other.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "evaluation/training/problem.h"
#include "evaluation/training/trajectory.h"
#include "ir/tp/ir.h"

namespace tpc::evaluation {

struct WidthSettings {
  int64_t width = 0;
  int64_t seeds = 1;  ///< networks
  uint64_t seed = 1;  ///< of the first; the others have seed + 1, ...
  int threads = 0;    ///< 0: all cores
};

struct WidthRun {
  Trajectory trajectory;
  int64_t width = 0;
  int64_t seeds = 0;  ///< networks averaged over
  uint64_t seed = 1;  ///< of the first
  double run_seconds = 0.0;
};

/// Whether every width of the program is a whole number, and the states of one network fit into memory, at each of
/// these n; reports the first one where not.
bool check_widths(const ir::tp::Module& training_step, const std::vector<int64_t>& widths, diag::Engine& diagnostics);

/// Called with every finished network's run.
using NetworkCallback = std::function<void(const Trajectory&)>;

/// Mean and standard error over networks of `training_step`. Stopped, or diverged (which is reported): over the
/// finished ones, or, if there is none, what the first came to. Empty after a user error, which is in the problem's
/// diagnostics.
std::optional<WidthRun> run_width(const Problem& problem, const ir::tp::Module& training_step,
                                  const WidthSettings& settings, const NetworkCallback& each = {});

}  // namespace tpc::evaluation
