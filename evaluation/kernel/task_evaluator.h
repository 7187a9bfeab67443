/// \file The infinitely wide network of a program that adapts to tasks, in the kernel regime, as an Evaluator: f is an
/// expansion in the points that training has met, and the generated functions take its values and blocks of the kernel.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/kernel/kernel_expansion.h"

namespace tpc::evaluation {

class TaskKernelEvaluator final : public Evaluator {
 public:
  /// functions: task_functions (passes/kernel/pair_functions.h), compiled. From the function 0. Everything referred to
  /// must outlive the evaluator.
  TaskKernelEvaluator(const tp_model_descriptor& functions, const KernelFunction& kernel,
                      const passes::FunctionSpace& space);

  ReplicaValues step(const TrainingBatch& batch) override;
  ReplicaValues loss(const TrainingBatch& batch) override;
  /// A function of tasks, in blocks of them. Values of f at the set's points are kept, so that only what training has
  /// added since the last time is computed.
  ReplicaValues evaluate(const ir::FunctionKey& function, const LoadedSet& set) override;
  /// Without steps inside, `predict` is f.
  [[nodiscard]] bool starts_at_zero() const override;

  /// How many points f has moved along.
  [[nodiscard]] size_t terms() const { return expansion_.terms(); }

 private:
  /// f at the points of a group of a set, as it was with these coefficients.
  struct KnownValues {
    KnownPoints points;
    std::vector<double> coefficients;
    std::vector<double> values;  ///< [points, outputs]
  };
  /// The points of a group in some examples, in their order. Those of training are also known by their indices in the
  /// expansion.
  struct Points {
    Batch values;
    std::vector<size_t> indices;
    std::vector<double> f;  ///< [points, outputs]
  };
  using PointsByGroup = std::map<size_t, Points>;
  using Functions = std::vector<uint32_t>;

  /// The examples with the fields that the functions need besides those of the data.
  [[nodiscard]] Batch with_fields(const Functions& functions, const Batch& examples, const PointsByGroup& points) const;
  [[nodiscard]] bool need(const Functions& functions, const std::string& field) const;
  /// By group whose fields the examples have.
  [[nodiscard]] PointsByGroup points_by_group(const Batch& examples) const;
  PointsByGroup training_points(const Batch& examples);
  /// Of examples of a set: f where the function needs it, as of the time when known_ was brought up to date.
  PointsByGroup points_of_set(uint32_t function, const LoadedSet& set, const Batch& examples);
  void bring_up_to_date(const LoadedSet& set);
  [[nodiscard]] std::vector<double> block(const passes::KernelBlock& block, const PointsByGroup& points,
                                          int64_t examples) const;
  /// Points [begin, end) of either: [points, others].
  using Range = std::pair<int64_t, int64_t>;
  [[nodiscard]] std::vector<double> kernel_between(size_t kernel, const Points& points, Range range,
                                                   const Points& others, Range other_range) const;
  [[nodiscard]] int64_t block_size() const;

  const tp_model_descriptor& functions_;
  const KernelFunction& kernel_;
  const passes::FunctionSpace& space_;
  size_t outputs_;
  RuntimeState state_;
  KernelExpansion expansion_;
  std::map<std::pair<std::string, size_t>, KnownValues> known_;  ///< by set and group
};

}  // namespace tpc::evaluation
