/// \file The infinitely wide network as an Evaluator: a compiled model (runtime.h) at work in this process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "driver/input_geometry.h"
#include "driver/training.h"
#include "tpc/runtime.h"

namespace tpc::driver {

/// How expectations are evaluated; all decided (method.h).
struct LimitSettings {
  tp_method method = TP_METHOD_QMC;
  int64_t samples = 0;
  int64_t replicas = 1;
  uint64_t seed = 1;
  double tolerance = 1e-9;
  int threads = 0;
};

/// What an n x n matrix has met so far, the largest over replicas.
struct MatrixRank {
  std::string name;
  size_t rank = 0, rank_transposed = 0, updates = 0, renewed = 0;
};

class LimitEvaluator final : public Evaluator {
 public:
  /// Draws the initial state. `model` must outlive the evaluator. Throws EvaluationFailure (memory).
  LimitEvaluator(const tp_model_descriptor& model, const LimitSettings& settings,
                 const std::vector<InputRotation>& rotations);

  ReplicaValues step(const Batch& batch) override;
  ReplicaValues evaluate(const std::string& function, const LoadedSet& set) override;

  [[nodiscard]] int64_t samples() const;
  [[nodiscard]] int64_t replicas() const;
  [[nodiscard]] std::vector<MatrixRank> ranks() const;

 private:
  struct Destroy {
    void operator()(tp_state* state) const { tp_destroy(state); }
  };
  ReplicaValues call(uint32_t function, const Batch& batch);
  [[nodiscard]] uint32_t function_index(const std::string& name) const;
  [[nodiscard]] int64_t block_size() const;

  const tp_model_descriptor& model_;
  std::unique_ptr<tp_state, Destroy> state_;
};

}  // namespace tpc::driver
