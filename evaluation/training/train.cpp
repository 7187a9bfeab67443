#include "evaluation/training/train.h"

#include <algorithm>
#include <cmath>

#include "evaluation/data/batches.h"
#include "evaluation/training/accuracy.h"

namespace tpc::evaluation {
namespace {

using Observed = TrainingPlan::Observed;

/// Records into the trajectory what the plan asks for at one step.
class Recorder {
 public:
  Recorder(const TrainingPlan& plan, Trajectory& trajectory) : plan_(plan), trajectory_(trajectory) {
    for (const Observed& item : plan.predicted) {
      trajectory.outputs.push_back({item.name, item.shape, {}});
      if (labels(item) != nullptr) trajectory.accuracy.push_back({item.name, {}, {}});
    }
    for (const Observed& item : plan.observed) trajectory.observed.push_back({item.name, item.shape, {}});
  }

  void record(int64_t step, Evaluator& evaluator) {
    if (!std::binary_search(plan_.recorded.begin(), plan_.recorded.end(), step)) return;
    trajectory_.steps_recorded.push_back(step);
    std::vector<const LoadedSet*> sets;
    for (const Observed& item : plan_.predicted) sets.push_back(item.set);
    const std::vector<ReplicaValues> predicted = evaluator.predict(sets);
    size_t with_accuracy = 0;
    for (size_t i = 0; i < plan_.predicted.size(); ++i) {
      const Observed& item = plan_.predicted[i];
      const ReplicaValues& outputs = predicted[i];
      trajectory_.outputs[i].values.append(outputs);
      if (const LoadedField* target = labels(item)) {
        trajectory_.accuracy[with_accuracy++].values.append(accuracy(outputs, *target, plan_.outputs));
      }
    }
    for (size_t i = 0; i < plan_.observed.size(); ++i) {
      const Observed& item = plan_.observed[i];
      trajectory_.observed[i].values.append(evaluator.evaluate(item.function, *item.set));
    }
  }

 private:
  /// The labels of a set, if accuracy is reported on it.
  [[nodiscard]] const LoadedField* labels(const Observed& item) const {
    return plan_.settings->classifies ? item.set->field(plan_.settings->target_field) : nullptr;
  }

  const TrainingPlan& plan_;
  Trajectory& trajectory_;
};

void check_finite(const ReplicaValues& values) {
  for (double value : values.values) {
    if (!std::isfinite(value)) throw EvaluationFailure{EvaluationFailure::Kind::diverged, "the loss is not finite"};
  }
}

}  // namespace

Trajectory train(Evaluator& evaluator, const TrainingPlan& plan, Watch& watch, int64_t already_done) {
  Trajectory trajectory;
  Recorder recorder(plan, trajectory);
  BatchOrder order(plan.train->count, plan.batch, plan.settings->shuffle_seed);
  const auto batch_of = [&](int64_t step) {
    std::vector<int64_t> rows = order.rows(step);
    return TrainingBatch{plan.train->batch(rows), std::move(rows)};
  };
  for (int64_t step = 0; step < plan.steps; ++step) {
    if (watch.stop_requested()) {
      trajectory.interrupted = true;
      return trajectory;
    }
    try {
      recorder.record(step, evaluator);
      const ReplicaValues loss = evaluator.step(batch_of(step));
      if (evaluator.must_stay_finite()) check_finite(loss);
      trajectory.loss.append(loss);
    } catch (EvaluationFailure& failure) {
      failure.step = step;
      throw;
    }
    watch.update(already_done + step + 1);
  }
  recorder.record(plan.steps, evaluator);
  trajectory.loss.append(evaluator.loss(batch_of(plan.steps)));  // of the batch that would come next
  return trajectory;
}

}  // namespace tpc::evaluation
