/// \file The one training loop: the infinite-width limit and finite networks go through the same steps, batches and
/// records; only the evaluator differs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "driver/options.h"
#include "evaluation/data/data.h"
#include "evaluation/training/trajectory.h"

namespace tpc::driver {

/// A batch with its place in the training set: what a limit that is a function of all points needs (kernel regime).
struct TrainingBatch {
  Batch values;
  std::vector<int64_t> rows;  ///< of the training set, from 0
};

/// A network in training, infinitely wide or not; possibly several independent copies of it.
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
  /// Runs a function that does not train and has one result, on a whole data set.
  virtual ReplicaValues evaluate(const std::string& function, const LoadedSet& set) = 0;
  /// `predict` on several sets; an evaluator for which one large batch is cheaper than several small ones joins them.
  virtual std::vector<ReplicaValues> predict(const std::vector<const LoadedSet*>& sets);
};

/// What an evaluator cannot go on from.
struct EvaluationFailure {
  enum class Kind { diverged, capacity, memory } kind{};
  std::string message;
  int64_t step = 0;  ///< filled in by `train`
};

/// Everything the loop needs that does not depend on the evaluator.
struct TrainingPlan {
  struct Observed {
    std::string name;  ///< its key in the result: the data set, or "gram(z2) on test"
    std::string function;
    const LoadedSet* set = nullptr;
    std::vector<int64_t> shape;
  };
  const sema::TrainPlan* settings = nullptr;
  const LoadedSet* train = nullptr;
  int64_t steps = 0;
  int64_t batch = 1;
  int64_t outputs = 1;
  std::vector<int64_t> recorded;    ///< steps to record at
  std::vector<Observed> predicted;  ///< recorded as outputs, by data set
  std::vector<Observed> observed;
};

/// Resolves observations (the default: outputs on every data set), batches, steps and the recording rule. Errors go to
/// `diagnostics`. The result refers to `program` and `sets`.
TrainingPlan plan_training(const sema::Program& program, const std::vector<LoadedSet>& sets, const RecordOption& record,
                           diag::Engine& diagnostics);

/// Called with the number of steps done, after each.
using StepCallback = std::function<void(int64_t)>;

/// Trains from the evaluator's initial state. Ends early, with `interrupted` set, after Ctrl-C (interrupt.h). Throws
/// EvaluationFailure.
Trajectory train(Evaluator& evaluator, const TrainingPlan& plan, const StepCallback& after_step);

/// The fraction of examples whose largest output is at the label, for each copy. `outputs`: [count, outputs] a copy.
/// target: class indices [count], or probability rows [count, outputs].
ReplicaValues accuracy(const ReplicaValues& outputs, const LoadedField& target, int64_t output_count);

}  // namespace tpc::driver
