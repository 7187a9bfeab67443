#include "evaluation/training/plan.h"

#include <algorithm>
#include <numeric>

#include "evaluation/data/batches.h"

namespace tpc::evaluation {
namespace {

using diag::Kind;
using Observed = TrainingPlan::Observed;

int64_t numbers_per_step(const TrainingPlan& plan) {
  int64_t total = 0;
  for (const auto* group : {&plan.predicted, &plan.observed}) {
    for (const Observed& item : *group) {
      total += std::accumulate(item.shape.begin(), item.shape.end(), int64_t{1}, std::multiplies<>());
    }
  }
  return total;
}

int64_t evaluated_examples(const TrainingPlan& plan) {
  int64_t total = 0;
  for (const auto* group : {&plan.predicted, &plan.observed}) {
    for (const Observed& item : *group) total += item.set->count;
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
      if (observation.function == ir::FunctionRole::predict) {
        add_once(plan.predicted, {name, ir::FunctionRole::predict, &set, shape});
      } else {
        add_once(plan.observed, {observation.text + " on " + name, observation.function, &set, shape});
      }
    }
  }
  if (!plan.predicted.empty()) return;
  for (const LoadedSet& set : sets) {
    if (has_inputs(set, program.inputs)) {
      plan.predicted.push_back({set.name, ir::FunctionRole::predict, &set, {set.count, plan.outputs}});
    }
  }
}

}  // namespace

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
  plan.recorded =
      recorded_steps(record, {plan.steps, plan.train->count, plan.batch, numbers, evaluated_examples(plan)});
  const auto total = static_cast<double>(numbers) * static_cast<double>(plan.recorded.size());
  if (total > static_cast<double>(maximum_record_numbers)) {
    diagnostics.report(Kind::record_too_large, {{"numbers", std::to_string(static_cast<int64_t>(total))}});
  }
  return plan;
}

}  // namespace tpc::evaluation
