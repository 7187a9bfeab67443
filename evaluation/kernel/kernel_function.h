/// \file The kernel of a network as compiled formulas, between any two lists of points: what tasks need, whose points
/// come batch by batch.
#pragma once

#include <vector>

#include "evaluation/batch.h"
#include "evaluation/compiled/runtime_state.h"

namespace tpc::evaluation {

/// Points have the network's fields: values [count, size].
class KernelFunction {
 public:
  /// `model`: the function `kernel` alone, without random variables; must outlive this.
  KernelFunction(const tp_model_descriptor& model, const LimitSettings& settings);

  /// By FunctionSpace::kernels: [points, others], row-major. Throws EvaluationFailure.
  [[nodiscard]] std::vector<double> between(size_t kernel, const Batch& points, const Batch& others) const;

 private:
  const tp_model_descriptor& model_;
  uint32_t function_;
  RuntimeOptions options_;
};

}  // namespace tpc::evaluation
