#include "evaluation/training/set_losses.h"

#include <algorithm>
#include <numeric>

#include "ir/core/result_names.h"
#include "ir/tp/criterion.h"

namespace tpc::evaluation {
namespace {

using ir::FunctionRole;

/// The data fields that a function reads.
std::vector<std::string> fields_of(const ir::tp::Function& function) {
  std::vector<std::string> fields;
  for (const auto& instruction : function.body) {
    const auto* input = std::get_if<ir::Input>(&instruction.op);
    if (input != nullptr && input->field != ir::tp::criterion_output) fields.push_back(input->field);
  }
  return fields;
}

/// Whether the set has these fields, as large as in the training set.
bool has_fields(const LoadedSet& set, const LoadedSet& train, const std::vector<std::string>& fields) {
  return std::ranges::all_of(fields, [&](const std::string& name) {
    const LoadedField *own = set.field(name), *trained = train.field(name);
    return own != nullptr && trained != nullptr && own->size == trained->size;
  });
}

/// The criterion alone: whoever runs it draws no network.
std::shared_ptr<const ir::tp::Module> criterion_of(const ir::tp::Module& module) {
  auto alone = std::make_shared<ir::tp::Module>(module);
  std::erase_if(alone->functions, [](const auto& function) { return function.key != FunctionRole::criterion; });
  alone->states.clear();
  return alone;
}

void plan_by_outputs(const ir::tp::Module& module, TrainingPlan& plan) {
  const std::vector<std::string> fields = fields_of(*module.find(FunctionRole::criterion));
  for (size_t i = 0; i < plan.predicted.size(); ++i) {
    const LoadedSet& set = *plan.predicted[i].set;
    if (has_fields(set, *plan.train, fields)) plan.set_losses.push_back({&set, i});
  }
  if (!plan.set_losses.empty()) plan.criterion = criterion_of(module);
}

void plan_by_network(const ir::tp::Module& module, const std::vector<LoadedSet>& sets, TrainingPlan& plan) {
  const std::vector<std::string> fields = fields_of(*module.find(FunctionRole::loss));
  for (const LoadedSet& set : sets) {
    const bool measured = std::ranges::any_of(
        plan.observed, [&](const TrainingPlan::Observed& item) { return item.measure && item.set == &set; });
    if (&set == plan.train || set.endless() || measured || !has_fields(set, *plan.train, fields)) continue;
    plan.set_losses.push_back({&set, {}});
  }
}

}  // namespace

void plan_set_losses(const ir::tp::Module& module, const std::vector<LoadedSet>& sets, TrainingPlan& plan) {
  if (module.find(FunctionRole::criterion) != nullptr) return plan_by_outputs(module, plan);
  plan_by_network(module, sets, plan);
}

SetLosses::SetLosses(const TrainingPlan& plan) : plan_(plan) {
  if (plan.criterion == nullptr) return;
  criterion_.emplace(*plan.criterion, 1, 1, 1);
  const std::vector<std::string> fields = fields_of(*plan.criterion->find(FunctionRole::criterion));
  for (const auto& [set, outputs] : plan.set_losses) {
    Batch& batch = targets_.emplace_back(Batch{set->count, {}});
    for (const std::string& field : fields) batch.fields[field] = set->values_of(field);
  }
}

std::vector<ReplicaValues> SetLosses::measure(const std::vector<ReplicaValues>& predicted, Evaluator& evaluator) {
  std::vector<ReplicaValues> losses;
  for (size_t i = 0; i < plan_.set_losses.size(); ++i) {
    const auto& [set, outputs] = plan_.set_losses[i];
    losses.push_back(outputs ? of_outputs(i, predicted[*outputs]) : evaluator.evaluate(FunctionRole::loss, *set));
    check_finite(losses.back().values, "the loss on `" + set->name + "` is no longer finite");
  }
  return losses;
}

ReplicaValues SetLosses::of_outputs(size_t set_loss, const ReplicaValues& outputs) {
  Batch& batch = targets_[set_loss];
  ReplicaValues means{outputs.replicas, 1, {}};
  for (size_t replica = 0; replica < outputs.replicas; ++replica) {
    const double* first = outputs.replica(replica);
    batch.fields[ir::tp::criterion_output].assign(first, first + outputs.numbers);
    const std::vector<double> losses =
        std::move(criterion_->run(FunctionRole::criterion, batch).at(ir::result_name::losses));
    means.values.push_back(std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size()));
  }
  return means;
}

}  // namespace tpc::evaluation
