/// \file The infinitely wide network in the kernel regime as an Evaluator: f on all points, moved by the generated step
/// with rows of the kernel (math.md 5b). Minibatches, schedules and momentum are in the generated step.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/kernel/kernel_points.h"

namespace tpc::evaluation {

/// Gram matrices by function and data set: at infinite width the features do not move, so they are computed once.
using GramValues = std::map<std::pair<ir::FunctionKey, std::string>, ReplicaValues>;

/// What a trajectory starts from and is trained towards.
struct KernelStart {
  std::vector<double> initial;  ///< f_0 [points, outputs]; empty: 0
  bool zero_targets = false;    ///< all targets are 0: the homogeneous part of an affine recursion
};

class KernelEvaluator final : public Evaluator {
 public:
  /// recursion: recursion_functions (passes/kernel/recursion.h), compiled. Everything referred to must outlive the
  /// evaluator. One copy of f for each replica of the kernel. Throws EvaluationFailure (memory).
  KernelEvaluator(const tp_model_descriptor& recursion, const KernelPoints& points, const ReplicaValues& kernel,
                  const GramValues& grams, const KernelStart& start);

  ReplicaValues step(const TrainingBatch& batch) override { return call(ir::FunctionRole::step, batch); }
  ReplicaValues loss(const TrainingBatch& batch) override { return call(ir::FunctionRole::loss, batch); }
  /// `predict` on a set that is among the points, or a Gram matrix.
  ReplicaValues evaluate(const ir::FunctionKey& function, const LoadedSet& set) override;

  [[nodiscard]] bool starts_at_zero() const override { return starts_at_zero_; }

  /// f on all points, [points, outputs] a replica.
  ReplicaValues predict_all();

 private:
  ReplicaValues call(ir::FunctionRole function, const TrainingBatch& batch);
  void fill_kernel_rows(const std::vector<int64_t>& rows, size_t replica, std::vector<double>& values) const;

  const tp_model_descriptor& recursion_;
  const KernelPoints& points_;
  const ReplicaValues& kernel_;
  const GramValues& grams_;
  bool zero_targets_;
  bool starts_at_zero_;
  std::vector<RuntimeState> replicas_;
};

}  // namespace tpc::evaluation
