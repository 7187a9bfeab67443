/// \file Everything about a training run that does not depend on who evaluates it: batches, steps, what is recorded
/// when.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "evaluation/data/fields.h"
#include "evaluation/training/accuracy.h"
#include "evaluation/training/named_vectors.h"
#include "evaluation/training/recording.h"
#include "frontend/sema/program.h"
#include "ir/tp/ir.h"

namespace tpc::evaluation {

struct TrainingPlan {
  struct Observed {
    std::string name;  ///< its key in the result: the data set, or "gram(z2) on test"
    ir::FunctionKey function;
    const LoadedSet* set = nullptr;
    std::vector<int64_t> shape;
    std::optional<Labels> labels = {};  ///< outputs, or the scores of a measure: accuracy is reported
    /// The values are reduced to one number: a share of labels, or the mean over the examples.
    bool measure = false;
  };
  const sema::TrainPlan* settings = nullptr;
  const LoadedSet* train = nullptr;
  int64_t steps = 0;
  int64_t batch = 1;
  int64_t outputs = 1;
  /// The parametrization is unstable: a loss that grows with the width and the steps is what theory says.
  bool growth_expected = false;
  /// The infinitely wide network's output is 0 before training.
  bool limit_starts_at_zero = false;
  std::vector<int64_t> recorded;    ///< steps to record at
  std::vector<Observed> predicted;  ///< recorded as outputs, by data set
  std::vector<Observed> observed;
  std::vector<ObservedVectors> vectors;  ///< after the last step
  /// The mean loss of a data set with targets, at every recorded step (set_losses.h).
  struct SetLoss {
    const LoadedSet* set = nullptr;
    std::optional<size_t> outputs;  ///< of `predicted`, which it follows from; empty: by the network's own loss
  };
  std::vector<SetLoss> set_losses;
  std::shared_ptr<const ir::tp::Module> criterion;  ///< the losses of outputs, where they are needed
  /// Parameters whose rows are read out at the end, by name: all of their variables are needed, not only those that
  /// data meets.
  std::vector<std::string> read_out;
};

/// Resolves observations (the default: outputs on every data set), batches, steps and the recording rule. Errors go to
/// `diagnostics`. The result refers to `program` and `sets`.
TrainingPlan plan_training(const sema::Program& program, const std::vector<LoadedSet>& sets, const RecordOption& record,
                           diag::Engine& diagnostics);

}  // namespace tpc::evaluation
