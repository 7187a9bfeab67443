/// \file A network in training, infinitely wide or not: what the one training loop (train.h) drives.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluation/data/fields.h"
#include "evaluation/training/trajectory.h"
#include "evaluation/vectors/vector_rows.h"
#include "ir/core/function_key.h"

namespace tpc::evaluation {

/// A batch with its place in the training set: what a limit that is a function of all points needs (kernel regime).
struct TrainingBatch {
  Batch values;
  std::vector<int64_t> rows;  ///< of the training set, from 0
};

/// The entries of a parameter: as many rows as its finite dimensions have indices (a matrix: the width), a row as many
/// coordinates as the width has. At infinite width inner products of rows are expectations E[Z_i Z_j].
struct ParameterRows {
  VectorRows vectors;
  std::optional<int64_t> width;  ///< empty: infinite
};

/// A network in training; possibly several independent copies of it.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  Evaluator() = default;
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  /// One training step; its loss before the step (one number a copy). Throws EvaluationFailure.
  virtual ReplicaValues step(const TrainingBatch& batch) = 0;
  /// The loss of a batch, without training on it.
  virtual ReplicaValues loss(const TrainingBatch& batch) = 0;
  /// Runs a function that does not train and has one result, on a whole data set; of `loss` the mean over the set,
  /// where the regime is not that of the kernel.
  virtual ReplicaValues evaluate(const ir::FunctionKey& function, const LoadedSet& set) = 0;
  /// Whether the output before training is exactly 0, whatever the noise of its estimate: no output is the largest.
  [[nodiscard]] virtual bool starts_at_zero() const { return false; }
  /// What has become of a parameter in one copy; to be fetched while the evaluator lives and does not train. Empty: it
  /// has no coordinates (of the infinitely wide network: a matrix, numbers, all that the kernel regime does not move).
  [[nodiscard]] virtual std::optional<ParameterRows> parameter(const std::string& name, size_t copy) const;
  [[nodiscard]] virtual size_t copies() const { return 1; }
  /// `predict` on several sets; an evaluator for which one large batch is cheaper than several small ones joins them.
  virtual std::vector<ReplicaValues> predict(const std::vector<const LoadedSet*>& sets);
};

/// What an evaluator cannot go on from. In training, `not_finite` ends the run as a Divergence.
struct EvaluationFailure {
  enum class Kind { not_finite, capacity, memory, interrupted } kind{};
  std::string message;
};

/// Throws EvaluationFailure that says `otherwise`: "the loss is no longer finite".
void check_finite(const std::vector<double>& values, const std::string& otherwise);

}  // namespace tpc::evaluation
