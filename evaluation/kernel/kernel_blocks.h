/// \file The kernel of a network as compiled formulas, between any two lists of points: what tasks need, whose points
/// come batch by batch.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "evaluation/batch.h"
#include "evaluation/compiled/runtime_state.h"
#include "passes/kernel/function_space.h"

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

/// The points of a group in these examples, under the network's names.
Batch points_of(const passes::PointGroup& group, const Batch& examples);

/// Points [begin, end) of the list.
Batch slice_of(const Batch& points, int64_t begin, int64_t end);

/// f(x) = sum_j K(x, x_j) c_j, over a list of points that grows. Equal points are one.
class KernelExpansion {
 public:
  /// `kernel` must outlive this.
  KernelExpansion(const KernelFunction& kernel, size_t outputs) : kernel_(kernel), outputs_(outputs) {}

  [[nodiscard]] size_t size() const { return static_cast<size_t>(points_.count); }
  /// [size, outputs]
  [[nodiscard]] const std::vector<double>& coefficients() const { return coefficients_; }
  /// changes: of the coefficients of these points, [points, outputs].
  void add(const Batch& points, const std::vector<double>& changes);
  /// Adds to values : [points, outputs] by how much f has changed there since the coefficients were `before` (those of
  /// the first points; the others were 0).
  void add_change(const Batch& points, const std::vector<double>& before, double* values) const;

 private:
  [[nodiscard]] size_t index_of(const Batch& point);
  [[nodiscard]] Batch gathered(const std::vector<size_t>& indices) const;

  const KernelFunction& kernel_;
  size_t outputs_;
  Batch points_;
  std::vector<double> coefficients_;
  std::unordered_multimap<size_t, size_t> by_hash_;  ///< of a point's numbers: its index
};

}  // namespace tpc::evaluation
