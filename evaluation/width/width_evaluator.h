/// \file One finite-width network as an Evaluator: the interpreter of TP IR.
#pragma once

#include "evaluation/data/starts.h"
#include "evaluation/interpreter/interpreter.h"
#include "evaluation/training/evaluator.h"

namespace tpc::evaluation {

class WidthEvaluator final : public Evaluator {
 public:
  /// `module` (a training step) must outlive the evaluator. threads 0: all cores.
  WidthEvaluator(const ir::tp::Module& module, int64_t width, uint64_t seed, int threads);

  /// In place of the initial values that were drawn.
  void start_from(const GivenStart& start) { interpreter_.set_state(ir::StateId(start.parameter), start.values); }

  ReplicaValues step(const TrainingBatch& batch) override;
  ReplicaValues loss(const TrainingBatch& batch) override;
  ReplicaValues evaluate(const ir::FunctionKey& function, const LoadedSet& set) override;
  [[nodiscard]] std::optional<ParameterRows> parameter(const std::string& name, size_t copy) const override;

 private:
  ReplicaValues call(const ir::FunctionKey& function, const Batch& batch);
  [[nodiscard]] bool by_example(const ir::FunctionKey& function) const;
  [[nodiscard]] int64_t examples_in_block(const ir::FunctionKey& function) const;

  const ir::tp::Module& module_;
  int64_t width_;
  Interpreter interpreter_;
};

}  // namespace tpc::evaluation
