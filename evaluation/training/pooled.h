/// \file Two sets of independent replicas of one run, from their means and standard errors alone.
#pragma once

#include <cstddef>
#include <optional>

#include "evaluation/training/trajectory.h"

namespace tpc::evaluation {

/// A run over `replicas` replicas.
struct ReplicatedRun {
  Trajectory trajectory;
  size_t replicas = 1;
};

/// What a run over all replicas of both would have given: of R = R_1 + R_2 replicas the mean is
/// (R_1 m_1 + R_2 m_2) / R, and the sum of squared deviations S_1 + S_2 + (R_1 R_2 / R) (m_1 - m_2)^2, S_i being known
/// from the standard error of run i (0 of a single replica). Series are matched by name and take their shapes from
/// `added`. Nothing: the runs did not record the same numbers.
std::optional<Trajectory> pooled(const ReplicatedRun& saved, const ReplicatedRun& added);

}  // namespace tpc::evaluation
