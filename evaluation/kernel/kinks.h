/// \file Points at which a network is not linear in its parameters, however wide.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluation/kernel/kernel_points.h"

namespace tpc::evaluation {

/// Points at which a preactivation may be exactly 0 at initialisation, because all numbers of one of the network's
/// inputs are. There relu and its like have a kink, and if training moves the preactivation at all (a bias that starts
/// at zero), by however little, it moves across the kink: no kernel describes that, whatever slope at 0 it takes.
class KinkProbe {
 public:
  explicit KinkProbe(const KernelPoints& points);

  /// The points in question, then each of them moved off zero by a millionth; empty: there are none.
  [[nodiscard]] const LoadedSet& set() const { return set_; }
  /// The first point whose kernel jumps when it is moved: by more than its initial covariance does, which jumps with
  /// functions that are not continuous and whose slope is 0. kernel, covariance (null: 0): those of `set`; of_all:
  /// the kernel of all points.
  [[nodiscard]] std::optional<int64_t> find(const ReplicaValues& kernel, const ReplicaValues* covariance,
                                            const std::vector<double>& of_all) const;

 private:
  std::vector<int64_t> points_;
  LoadedSet set_;
};

/// "example 3 of `test`" (from 1), of a point's number.
std::string name_of_point(const KernelPoints& points, int64_t point);

}  // namespace tpc::evaluation
