/// \file A compiled model (runtime.h) at work in this process: creation with decided settings, calls by name, statuses
/// as EvaluationFailure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/compiled/input_geometry.h"
#include "evaluation/training/evaluator.h"
#include "runtime/points/node_set.h"
#include "tpc/runtime.h"

namespace tpc::evaluation {

constexpr double automatic_tolerance = -1.0;  ///< by the room that the samples offer (tp_options)

/// Where quadrature has its nodes, in each Gaussian dimension.
enum class NodeRule {
  hermite,           ///< those of Gauss and Hermite, at points: exact for polynomials
  trapezoidal,       ///< equally spaced, at points within a ball (runtime/points/node_set.h)
  cones,             ///< none: at points in cones without a kink (evaluation/limit/cones.h)
  trapezoidal_sums,  ///< equally spaced, in formulas of the covariances: there are no points
};

/// How expectations are evaluated; all decided (method.h).
struct LimitSettings {
  tp_method method = TP_METHOD_QMC;
  int64_t samples = 0;
  int64_t replicas = 1;
  int64_t first_replica = 0;  ///< the number of the first one: others are independent of it
  uint64_t seed = 1;
  double tolerance = automatic_tolerance;
  int threads = 0;
  NodeRule rule = NodeRule::hermite;  ///< quadrature
  int64_t dimensions = 0;             ///< quadrature at points: of Gaussian variables
  bool to_rounding = false;           ///< quadrature of polynomials, with enough nodes for their degree: exact
};

/// What an n x n matrix has met so far, the largest over replicas.
struct MatrixRank {
  std::string name;
  size_t rank = 0, rank_transposed = 0, updates = 0, unstored = 0;
};

/// The settings as the runtime takes them.
class RuntimeOptions {
 public:
  /// `rotations` must outlive this.
  RuntimeOptions(const LimitSettings& settings, const std::vector<InputRotation>& rotations);
  RuntimeOptions(const RuntimeOptions&) = delete;
  RuntimeOptions& operator=(const RuntimeOptions&) = delete;
  [[nodiscard]] const tp_options* get() const { return &options_; }

 private:
  std::vector<tp_rotation> rotations_;
  runtime::NodeSet node_set_;
  tp_nodes nodes_{};
  tp_options options_{};
};

/// The function of this role and number; it exists.
uint32_t function_index(const tp_model_descriptor& model, const ir::FunctionKey& function);

class RuntimeState {
 public:
  /// Draws the initial state. `model` must outlive this. Throws EvaluationFailure (memory).
  RuntimeState(const tp_model_descriptor& model, const LimitSettings& settings,
               const std::vector<InputRotation>& rotations);

  /// A result of the function for every replica; fields of the batch that the model does not know are ignored.
  ReplicaValues call(uint32_t function, const Batch& batch, uint32_t result = 0);
  ReplicaValues call(const ir::FunctionKey& function, const Batch& batch) {
    return call(function_index(function), batch);
  }

  [[nodiscard]] uint32_t function_index(const ir::FunctionKey& function) const {
    return evaluation::function_index(model_, function);
  }
  /// The number of the state of random variables of this name; empty: the limit has none.
  [[nodiscard]] std::optional<uint32_t> random_state(const std::string& name) const;
  [[nodiscard]] const tp_model_descriptor& model() const { return model_; }
  [[nodiscard]] tp_state* get() const { return state_.get(); }
  [[nodiscard]] int64_t samples() const;
  [[nodiscard]] int64_t replicas() const;
  [[nodiscard]] std::vector<MatrixRank> ranks() const;

 private:
  struct Destroy {
    void operator()(tp_state* state) const { tp_destroy(state); }
  };

  const tp_model_descriptor& model_;
  std::unique_ptr<tp_state, Destroy> state_;
};

/// The sizes of the model's extents as the batch has them: by name, a twin like what it is a twin of, and its count for
/// the one that is left. Every extent that the function uses must have one.
std::vector<int64_t> extent_table(const tp_model_descriptor& model, const tp_function_descriptor& function,
                                  const Batch& batch);
/// The addresses of the batch's values in the order of the model's fields; null where the batch has none. Those of the
/// function's extents must be as many as the extents say.
std::vector<const double*> field_table(const tp_model_descriptor& model, const tp_function_descriptor& function,
                                       const std::vector<int64_t>& extents, const Batch& batch);

/// Turns a status into what the driver can act on; anything else is our bug.
void check_status(int32_t status);

}  // namespace tpc::evaluation
