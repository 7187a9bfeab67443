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

/// Whether the set has these fields, as large as in the training set.
bool has_inputs(const LoadedSet& set, const LoadedSet& train, const std::vector<std::string>& inputs) {
  return std::all_of(inputs.begin(), inputs.end(), [&](const std::string& name) {
    const LoadedField *own = set.field(name), *trained = train.field(name);
    return own != nullptr && trained != nullptr && own->size == trained->size;
  });
}

void add_once(std::vector<Observed>& items, Observed item) {
  const bool known =
      std::any_of(items.begin(), items.end(), [&](const Observed& other) { return other.name == item.name; });
  if (!known) items.push_back(std::move(item));
}

class Observations {
 public:
  Observations(const sema::Program& program, const std::vector<LoadedSet>& sets, TrainingPlan& plan)
      : program_(program), sets_(sets), plan_(plan) {}

  /// The network's own output is recorded by data set; anything else by its text.
  void resolve() {
    for (const sema::Observation& observation : program_.observations) {
      for (const std::string& name : observation.data_sets) resolve(observation, find_set(sets_, name));
    }
    const bool measured = std::ranges::any_of(plan_.observed, &Observed::measure);
    if (!plan_.predicted.empty() || measured) return;
    for (const LoadedSet& set : sets_) {
      if (!set.endless() && has_inputs(set, *plan_.train, program_.inputs)) plan_.predicted.push_back(outputs_on(set));
    }
  }

 private:
  void resolve(const sema::Observation& observation, const LoadedSet& set) {
    const std::string name = observation.text + " on " + set.name;
    switch (observation.kind) {
      case sema::ObservationKind::outputs: add_once(plan_.predicted, outputs_on(set)); break;
      case sema::ObservationKind::gram:
        add_once(plan_.observed, {name, observation.function, &set, {set.count, set.count}});
        break;
      case sema::ObservationKind::values:
        add_once(plan_.observed, {name, observation.function, &set, shape_of(observation.body, set)});
        break;
      case sema::ObservationKind::measure: {
        Observed item{name, observation.function, &set, {}};
        item.measure = true;
        if (!observation.labels.empty()) item.labels = labels_of(set, observation.labels);
        add_once(plan_.observed, std::move(item));
        break;
      }
    }
  }

  [[nodiscard]] Labels labels_of(const LoadedSet& set, const std::string& field) const {
    const auto data_set = std::ranges::find(program_.data_sets, set.name, &sema::DataSet::name);
    const auto declared = std::ranges::find(data_set->fields, field, &sema::DataField::name);
    return {set.values_of(sema::input_name(field, declared->rows)), declared->size};
  }

  /// Of the body's result for every example (and row).
  [[nodiscard]] std::vector<int64_t> shape_of(const sema::Body& body, const LoadedSet& set) const {
    const sema::Term& result = body.at(body.result);
    std::vector<int64_t> shape = {set.count};
    if (!result.rows.empty()) shape.push_back(sema::axis_size(program_, result.rows));
    for (const std::string& axis : result.shape) shape.push_back(sema::axis_size(program_, axis));
    return shape;
  }

  [[nodiscard]] Observed outputs_on(const LoadedSet& set) const {
    Observed item{set.name, ir::FunctionRole::predict, &set, shape_of(program_.network.body, set)};
    if (program_.network.body.at(program_.network.body.result).shape.empty()) item.shape.push_back(1);
    const std::string& target = plan_.settings->target_field;
    if (plan_.settings->classifies && set.field(target) != nullptr) item.labels = labels_of(set, target);
    return item;
  }

  const sema::Program& program_;
  const std::vector<LoadedSet>& sets_;
  TrainingPlan& plan_;
};

/// An endless set has no epochs, no order of its own and no full batch. False: reported.
bool check_endless(const sema::TrainPlan& settings, const LoadedSet& train, diag::Engine& diagnostics) {
  if (!train.endless()) return true;
  const std::string missing = settings.epochs         ? "epochs"
                              : settings.shuffle_seed ? "orders to shuffle"
                              : !settings.batch       ? "full batches"
                                                      : "";
  if (missing.empty()) return true;
  diagnostics.report(Kind::endless_data, settings.span, {{"set", train.name}, {"what", missing}});
  return false;
}

}  // namespace

TrainingPlan plan_training(const sema::Program& program, const std::vector<LoadedSet>& sets, const RecordOption& record,
                           diag::Engine& diagnostics) {
  TrainingPlan plan;
  plan.settings = &*program.train;
  plan.train = &find_set(sets, program.train->data);
  plan.outputs = program.output_size;
  if (!check_endless(*program.train, *plan.train, diagnostics)) return plan;
  plan.batch = program.train->batch.value_or(plan.train->count);
  if (plan.batch > plan.train->count) {
    diagnostics.report(Kind::batch_too_large, program.train->span,
                       {{"batch", std::to_string(plan.batch)},
                        {"set", plan.train->name},
                        {"count", std::to_string(plan.train->count)}});
    return plan;
  }
  plan.steps = step_count(*program.train, plan.train->count);
  Observations(program, sets, plan).resolve();
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
