#include "evaluation/training/training.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/diag/check.h"
#include "driver/terminal/interrupt.h"
#include "evaluation/data/batches.h"
#include "evaluation/training/recording.h"

namespace tpc::driver {
namespace {

using diag::Kind;
using Observed = TrainingPlan::Observed;

int64_t largest_index(const double* values, int64_t count) { return std::max_element(values, values + count) - values; }

int64_t numbers_per_step(const TrainingPlan& plan) {
  int64_t total = 0;
  for (const auto* group : {&plan.predicted, &plan.observed}) {
    for (const Observed& item : *group) {
      total += std::accumulate(item.shape.begin(), item.shape.end(), int64_t{1}, std::multiplies<>());
    }
  }
  return total;
}

bool has_inputs(const LoadedSet& set, const std::vector<std::string>& inputs) {
  return std::all_of(inputs.begin(), inputs.end(), [&](const std::string& name) { return set.field(name) != nullptr; });
}

void add_once(std::vector<Observed>& items, Observed item) {
  const bool known =
      std::any_of(items.begin(), items.end(), [&](const Observed& other) { return other.name == item.name; });
  if (!known) items.push_back(std::move(item));
}

/// Fills in what is observed. The network's own output is recorded by data set; anything else by its text.
void resolve_observations(const sema::Program& program, const std::vector<LoadedSet>& sets, TrainingPlan& plan) {
  for (const sema::Observation& observation : program.observations) {
    for (const std::string& name : observation.data_sets) {
      const LoadedSet& set = find_set(sets, name);
      const bool gram = observation.kind == sema::ObservationKind::gram;
      const std::vector<int64_t> shape = {set.count, gram ? set.count : plan.outputs};
      if (observation.function == "predict") {
        add_once(plan.predicted, {name, "predict", &set, shape});
      } else {
        add_once(plan.observed, {observation.text + " on " + name, observation.function, &set, shape});
      }
    }
  }
  if (!plan.predicted.empty()) return;
  for (const LoadedSet& set : sets) {
    if (has_inputs(set, program.inputs)) {
      plan.predicted.push_back({set.name, "predict", &set, {set.count, plan.outputs}});
    }
  }
}

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
    const bool classifies = plan_.settings->loss == ir::LossKind::cross_entropy;
    return classifies ? item.set->field(plan_.settings->target_field) : nullptr;
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

std::vector<ReplicaValues> Evaluator::predict(const std::vector<const LoadedSet*>& sets) {
  std::vector<ReplicaValues> values;
  for (const LoadedSet* set : sets) values.push_back(evaluate("predict", *set));
  return values;
}

TrainingPlan plan_training(const sema::Program& program, const std::vector<LoadedSet>& sets, const RecordOption& record,
                           diag::Engine& diagnostics) {
  TrainingPlan plan;
  plan.settings = &*program.train;
  plan.train = &find_set(sets, program.train->data);
  plan.outputs = program.output_size;
  plan.batch = program.train->batch.value_or(plan.train->count);
  if (plan.batch > plan.train->count) {
    diagnostics.report(Kind::batch_too_large, program.train->span,
                       {{"batch", std::to_string(plan.batch)},
                        {"set", plan.train->name},
                        {"count", std::to_string(plan.train->count)}});
    return plan;
  }
  plan.steps = step_count(*program.train, plan.train->count);
  resolve_observations(program, sets, plan);
  const int64_t numbers = numbers_per_step(plan);
  plan.recorded = recorded_steps(record, {plan.steps, plan.train->count, plan.batch, numbers});
  const auto total = static_cast<double>(numbers) * static_cast<double>(plan.recorded.size());
  if (total > static_cast<double>(maximum_record_numbers)) {
    diagnostics.report(Kind::record_too_large, {{"numbers", std::to_string(static_cast<int64_t>(total))}});
  }
  return plan;
}

Trajectory train(Evaluator& evaluator, const TrainingPlan& plan, const StepCallback& after_step) {
  Trajectory trajectory;
  Recorder recorder(plan, trajectory);
  BatchOrder order(plan.train->count, plan.batch, plan.settings->shuffle_seed);
  const auto batch_of = [&](int64_t step) {
    std::vector<int64_t> rows = order.rows(step);
    return TrainingBatch{plan.train->batch(rows), std::move(rows)};
  };
  for (int64_t step = 0; step < plan.steps; ++step) {
    if (interrupted()) {
      trajectory.interrupted = true;
      return trajectory;
    }
    try {
      recorder.record(step, evaluator);
      const ReplicaValues loss = evaluator.step(batch_of(step));
      check_finite(loss);
      trajectory.loss.append(loss);
    } catch (EvaluationFailure& failure) {
      failure.step = step;
      throw;
    }
    after_step(step + 1);
  }
  recorder.record(plan.steps, evaluator);
  trajectory.loss.append(evaluator.loss(batch_of(plan.steps)));  // of the batch that would come next
  return trajectory;
}

ReplicaValues accuracy(const ReplicaValues& outputs, const LoadedField& target, int64_t output_count) {
  const int64_t count = static_cast<int64_t>(outputs.numbers) / output_count;
  TPC_CHECK(static_cast<int64_t>(target.values.size()) == count * target.size, "labels of another size");
  ReplicaValues result{outputs.replicas, 1, {}};
  for (size_t replica = 0; replica < outputs.replicas; ++replica) {
    int64_t right = 0;
    for (int64_t example = 0; example < count; ++example) {
      const double* label = target.values.data() + example * target.size;
      const int64_t wanted =
          target.size == 1 && output_count > 1 ? static_cast<int64_t>(*label) : largest_index(label, target.size);
      right += largest_index(outputs.replica(replica) + example * output_count, output_count) == wanted ? 1 : 0;
    }
    result.values.push_back(static_cast<double>(right) / static_cast<double>(count));
  }
  return result;
}

}  // namespace tpc::driver
