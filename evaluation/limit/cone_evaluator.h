/// \file The infinitely wide network as an Evaluator where its random variables are piecewise linear in a few Gaussians
/// (passes/limit/piecewise_linear.h): exact but for rounding.
#pragma once

#include <memory>
#include <vector>

#include "evaluation/compiled/input_geometry.h"
#include "evaluation/interpreter/interpreter.h"
#include "evaluation/limit/cones.h"
#include "evaluation/training/evaluator.h"
#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::evaluation {

/// The points of all cones are the coordinates of a network, whose weights start at the values of the Gaussian states
/// there. Before a function is evaluated, cones that its kinks cross are cut; a state is linear within a cone, so that
/// its values at the new points follow from those at the old ones.
class ConeEvaluator final : public Evaluator {
 public:
  /// `rotations`: what the Gaussian states are made of. Throws EvaluationFailure (capacity: too many cones), then and
  /// later. Precondition: obstacle_to_cones(module) is empty.
  ConeEvaluator(const ir::limit::Module& module, const std::vector<InputRotation>& rotations, Turn turn, int threads,
                bool starts_at_zero);

  ReplicaValues step(const TrainingBatch& batch) override { return call(ir::FunctionRole::step, batch.values); }
  ReplicaValues loss(const TrainingBatch& batch) override { return call(ir::FunctionRole::loss, batch.values); }
  ReplicaValues evaluate(const ir::FunctionKey& function, const LoadedSet& set) override;
  [[nodiscard]] std::optional<ParameterRows> parameter(const std::string& name, size_t copy) const override;
  [[nodiscard]] bool starts_at_zero() const override { return starts_at_zero_; }

  [[nodiscard]] int64_t points() const;

 private:
  using States = std::vector<std::vector<double>>;  ///< by state, row-major [rows, points]

  void start(const std::vector<InputRotation>& rotations);
  [[nodiscard]] Eigen::MatrixXd all_points() const;
  ReplicaValues call(const ir::FunctionKey& function, const Batch& batch);
  void cut_at_kinks(const ir::FunctionKey& function, const Batch& batch);
  bool cut_at(const std::vector<double>& arguments);
  [[nodiscard]] States states() const;
  void set_states(const States& values);
  [[nodiscard]] bool is_random(size_t state) const { return program_.states[state].type.kind == ir::Kind::vector; }

  ir::tp::Module program_;
  int threads_;
  bool starts_at_zero_;
  int64_t dimensions_;
  std::vector<Cone> cones_;
  std::unique_ptr<Interpreter> network_;
};

}  // namespace tpc::evaluation
