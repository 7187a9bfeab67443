#include "evaluation/training/train.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/data/batches.h"
#include "evaluation/training/accuracy.h"
#include "evaluation/training/set_losses.h"
#include "fmt/format.h"

namespace tpc::evaluation {
namespace {

using Observed = TrainingPlan::Observed;

/// Records into the trajectory what the plan asks for at one step.
class Recorder {
 public:
  Recorder(const TrainingPlan& plan, Trajectory& trajectory) : plan_(plan), trajectory_(trajectory), losses_(plan) {
    for (const Observed& item : plan.predicted) {
      trajectory.outputs.push_back({item.name, item.shape, {}});
      if (item.labels) trajectory.accuracy.push_back({item.name, {}, {}});
    }
    for (const auto& [set, outputs] : plan.set_losses) trajectory.set_losses.push_back({set->name, {}, {}});
    for (const Observed& item : plan.observed) {
      trajectory.observed.push_back({item.name, item.shape, {}});
      const bool known = std::ranges::any_of(
          trajectory.accuracy, [&](const RecordedSeries& series) { return series.name == item.set->name; });
      if (!item.labels || known) continue;
      measured_accuracy_.emplace_back(trajectory.observed.size() - 1, trajectory.accuracy.size());
      trajectory.accuracy.push_back({item.set->name, {}, {}});
    }
  }

  /// Throws EvaluationFailure before anything of this step has been recorded.
  void record(int64_t step, Evaluator& evaluator) {
    if (!std::binary_search(plan_.recorded.begin(), plan_.recorded.end(), step)) return;
    std::vector<const LoadedSet*> sets;
    for (const Observed& item : plan_.predicted) sets.push_back(item.set);
    const std::vector<ReplicaValues> predicted = evaluator.predict(sets);
    for (size_t i = 0; i < predicted.size(); ++i) {
      check_finite(predicted[i].values, "an output on `" + plan_.predicted[i].name + "` is no longer finite");
    }
    const std::vector<ReplicaValues> set_losses = losses_.measure(predicted, evaluator);
    std::vector<ReplicaValues> observed;
    for (const Observed& item : plan_.observed) {
      const ReplicaValues values = evaluator.evaluate(item.function, *item.set);
      check_finite(values.values, "`" + item.name + "` is no longer finite");
      observed.push_back(item.measure ? measured(item, values) : values);
    }
    trajectory_.steps_recorded.push_back(step);
    size_t with_accuracy = 0;
    for (size_t i = 0; i < plan_.predicted.size(); ++i) {
      trajectory_.outputs[i].values.append(predicted[i]);
      if (const std::optional<Labels>& labels = plan_.predicted[i].labels) {
        const bool chance = step == 0 && evaluator.starts_at_zero();
        trajectory_.starts_by_chance = trajectory_.starts_by_chance || chance;
        trajectory_.accuracy[with_accuracy++].values.append(chance ? chance_accuracy(predicted[i].replicas)
                                                                   : accuracy(predicted[i], *labels, plan_.outputs));
      }
    }
    for (size_t i = 0; i < set_losses.size(); ++i) trajectory_.set_losses[i].values.append(set_losses[i]);
    for (size_t i = 0; i < observed.size(); ++i) trajectory_.observed[i].values.append(observed[i]);
    for (const auto& [from, to] : measured_accuracy_) trajectory_.accuracy[to].values.append(observed[from]);
  }

  /// What is asked of vectors with names, at the end.
  void record_vectors(const Evaluator& evaluator) {
    for (const ObservedVectors& observed : plan_.vectors) {
      ReplicaValues values{evaluator.copies(), 0, {}};
      for (size_t copy = 0; copy < values.replicas; ++copy) {
        const auto rows = evaluator.parameter(observed.table, copy);
        if (!rows) break;
        const std::vector<double> numbers = measured_vectors(observed, *rows);
        values.values.insert(values.values.end(), numbers.begin(), numbers.end());
        values.numbers = numbers.size();
      }
      if (values.numbers == 0) continue;
      check_finite(values.values, "`" + observed.name + "` is no longer finite");
      trajectory_.vectors.push_back({observed.name, shape_of(observed), {}});
      trajectory_.vectors.back().values.append(values);
    }
  }

 private:
  /// Inner products as means over the width, which converge.
  static std::vector<double> measured_vectors(const ObservedVectors& observed, const ParameterRows& parameter) {
    const VectorRows rows = parameter.width ? parameter.vectors : without_zero_tail(parameter.vectors);
    std::vector<double> numbers = measure(observed, CoordinateProducts(rows));
    if (!parameter.width || observed.kind == sema::NamedVectors::Kind::analogies) return numbers;
    const double factor = std::pow(static_cast<double>(*parameter.width), -2.0 * observed.scale - 1.0);
    for (double& number : numbers) number *= factor;
    return numbers;
  }
  /// One output is as good as another.
  [[nodiscard]] ReplicaValues chance_accuracy(size_t replicas) const {
    return {replicas, 1, std::vector<double>(replicas, 1.0 / static_cast<double>(plan_.outputs))};
  }
  /// The share of right rows, or the mean of the losses of the examples.
  static ReplicaValues measured(const Observed& item, const ReplicaValues& values) {
    if (item.labels) {
      const int64_t rows = static_cast<int64_t>(item.labels->values.size()) / item.labels->size;
      return accuracy(values, *item.labels, static_cast<int64_t>(values.numbers) / rows);
    }
    ReplicaValues means{values.replicas, 1, {}};
    for (size_t replica = 0; replica < values.replicas; ++replica) {
      const double* first = values.replica(replica);
      means.values.push_back(std::accumulate(first, first + values.numbers, 0.0) / static_cast<double>(values.numbers));
    }
    return means;
  }

  const TrainingPlan& plan_;
  Trajectory& trajectory_;
  SetLosses losses_;
  /// Measures that are the accuracy on their data set, too: which observation is which accuracy.
  std::vector<std::pair<size_t, size_t>> measured_accuracy_;
};

/// The losses of a run, each checked when it comes.
class Losses {
 public:
  Losses(const TrainingPlan& plan, Trajectory& trajectory) : plan_(plan), trajectory_(trajectory) {}

  /// Throws EvaluationFailure: a loss that is not finite is left out, one that is too large is the last.
  void append(const ReplicaValues& loss) {
    check_finite(loss.values, "the loss is no longer finite");
    const double largest = *std::max_element(loss.values.begin(), loss.values.end());
    if (trajectory_.loss.mean.empty())
      largest_allowed_ = divergent_growth * std::max({1.0, loss_of_zero_outputs(plan_), largest});
    trajectory_.loss.append(loss);
    if (plan_.growth_expected || largest <= largest_allowed_) return;
    throw EvaluationFailure{
        EvaluationFailure::Kind::not_finite,
        fmt::format("the loss has grown to {:.3g}, from {:.3g}", largest, trajectory_.loss.mean[0])};
  }

 private:
  const TrainingPlan& plan_;
  Trajectory& trajectory_;
  double largest_allowed_ = 0.0;
};

}  // namespace

double loss_of_zero_outputs(const TrainingPlan& plan) {
  const sema::TrainPlan& settings = *plan.settings;
  if (settings.classifies) return std::log(static_cast<double>(plan.outputs));
  double largest = 0.0;
  const std::vector<std::string> itself = {settings.target_field};
  for (const std::string& name : settings.target_field.empty() ? settings.loss_fields : itself) {
    const LoadedField* field = plan.train->field(name);
    if (field == nullptr || field->indices) continue;
    const Batch visited = plan.train->slice(0, plan.train->visited());
    for (double target : visited.fields.at(name)) largest = std::max(largest, 0.5 * target * target);
  }
  return largest;
}

Trajectory train(Evaluator& evaluator, const TrainingPlan& plan, Watch& watch, int64_t already_done) {
  Trajectory trajectory;
  Recorder recorder(plan, trajectory);
  Losses losses(plan, trajectory);
  BatchOrder order(plan.train->count, plan.batch, plan.settings->shuffle_seed);
  TrainingBatch batch;
  const auto batch_of = [&](int64_t step) -> const TrainingBatch& {
    batch.rows = order.rows(step);
    plan.train->batch_into(batch.rows, order.epochs(step), batch.values);
    return batch;
  };
  int64_t step = 0;
  try {
    for (; step < plan.steps; ++step) {
      if (watch.stop_requested()) {
        trajectory.interrupted = true;
        recorder.record_vectors(evaluator);
        return trajectory;
      }
      recorder.record(step, evaluator);
      losses.append(evaluator.step(batch_of(step)));
      watch.update(already_done + step + 1);
    }
    recorder.record(step, evaluator);
    recorder.record_vectors(evaluator);
    losses.append(evaluator.loss(batch_of(step)));  // of the batch that would come next
  } catch (const EvaluationFailure& failure) {
    if (failure.kind != EvaluationFailure::Kind::not_finite) throw;
    trajectory.diverged = Divergence{step, failure.message};
  }
  return trajectory;
}

}  // namespace tpc::evaluation
