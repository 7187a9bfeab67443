/// \file The infinitely wide network as an Evaluator: a compiled model (runtime.h) at work in this process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluation/compiled/runtime_state.h"

namespace tpc::evaluation {

class LimitEvaluator final : public Evaluator {
 public:
  /// Draws the initial state. `model` must outlive the evaluator. Throws EvaluationFailure (memory).
  LimitEvaluator(const tp_model_descriptor& model, const LimitSettings& settings,
                 const std::vector<InputRotation>& rotations, bool starts_at_zero)
      : state_(model, settings, rotations), starts_at_zero_(starts_at_zero) {}

  ReplicaValues step(const TrainingBatch& batch) override { return state_.call(ir::FunctionRole::step, batch.values); }
  ReplicaValues loss(const TrainingBatch& batch) override { return state_.call(ir::FunctionRole::loss, batch.values); }
  ReplicaValues evaluate(const ir::FunctionKey& function, const LoadedSet& set) override;
  std::vector<ReplicaValues> predict(const std::vector<const LoadedSet*>& sets) override;

  [[nodiscard]] std::optional<ParameterRows> parameter(const std::string& name, size_t copy) const override;
  [[nodiscard]] size_t copies() const override { return static_cast<size_t>(replicas()); }

  [[nodiscard]] bool starts_at_zero() const override { return starts_at_zero_; }

  [[nodiscard]] int64_t samples() const { return state_.samples(); }
  [[nodiscard]] int64_t replicas() const { return state_.replicas(); }
  [[nodiscard]] std::vector<MatrixRank> ranks() const { return state_.ranks(); }
  [[nodiscard]] double truncation() const { return tp_truncation(state_.get()); }
  [[nodiscard]] double discarded() const { return tp_discarded(state_.get()); }

 private:
  [[nodiscard]] int64_t block_size() const;

  RuntimeState state_;
  bool starts_at_zero_;
};

}  // namespace tpc::evaluation
