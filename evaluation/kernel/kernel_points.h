/// \file The points of a kernel regime: all examples whose outputs are computed, and functions of pairs of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "evaluation/compiled/runtime_state.h"
#include "evaluation/training/monitor.h"
#include "evaluation/training/plan.h"

namespace tpc::evaluation {

/// The training set first, so that row i of it is point i, then the other data sets whose outputs are recorded.
struct KernelPoints {
  LoadedSet all;                         ///< the network's inputs only
  std::map<std::string, int64_t> first;  ///< by data set: its first point
  [[nodiscard]] int64_t count() const { return all.count; }
};

KernelPoints kernel_points(const TrainingPlan& plan, const std::vector<std::string>& inputs);

/// Matrices over pairs of points, by the name of the function's result; every replica's matrix is [points, points].
using PairValues = std::map<std::string, ReplicaValues>;

/// Work that shows itself under a name.
struct LabelledWork {
  Monitor& monitor;
  std::string label;
};

/// Evaluates a symmetric function of pairs for all pairs of the set's examples: one half of them, in blocks, on several
/// threads. Throws EvaluationFailure, also when the monitor asks to stop.
PairValues evaluate_pairs(const tp_model_descriptor& model, const ir::FunctionKey& function,
                          const LimitSettings& settings, const std::vector<InputRotation>& rotations,
                          const LoadedSet& set, const LabelledWork& work);

}  // namespace tpc::evaluation
