#include "evaluation/kernel/kernel_points.h"

#include <memory>

namespace tpc::evaluation {
namespace {

/// The number of blocks is known once the first is done.
struct PairProgress {
  const LabelledWork& work;
  std::unique_ptr<Watch> watch;
};

/// Half a kernel is none: a request to stop ends the run.
int32_t show_progress(void* data, size_t done, size_t total) {
  auto* progress = static_cast<PairProgress*>(data);
  if (!progress->watch) {
    progress->watch =
        progress->work.monitor.begin(progress->work.label, static_cast<int64_t>(total), KeptWhenStopped::no);
  }
  progress->watch->update(static_cast<int64_t>(done));
  return progress->watch->stop_requested() ? 1 : 0;
}

}  // namespace

KernelPoints kernel_points(const TrainingPlan& plan, const std::vector<std::string>& inputs) {
  KernelPoints points;
  points.all.name = "all points";
  for (const std::string& input : inputs) {
    const LoadedField& field = *plan.train->field(input);
    points.all.fields.push_back({input, field.size, {}, field.indices});
  }
  const auto add = [&](const LoadedSet& set) {
    if (!points.first.emplace(set.name, points.all.count).second) return;
    for (LoadedField& field : points.all.fields) {
      const std::vector<double>& values = set.field(field.name)->values;
      field.values.insert(field.values.end(), values.begin(), values.end());
    }
    points.all.count += set.count;
  };
  add(*plan.train);
  for (const TrainingPlan::Observed& item : plan.predicted) add(*item.set);
  return points;
}

PairValues evaluate_pairs(const tp_model_descriptor& model, const ir::FunctionKey& function,
                          const LimitSettings& settings, const std::vector<InputRotation>& rotations,
                          const LoadedSet& set, const LabelledWork& work) {
  const uint32_t number = function_index(model, function);
  const RuntimeOptions options(settings, rotations);
  const size_t replicas = tp_pairs_replica_count(&model, options.get(), number);
  if (replicas == 0) check_status(TP_INTERNAL);
  const auto count = static_cast<size_t>(set.count);
  const tp_function_descriptor& descriptor = model.functions[number];
  PairValues values;
  std::vector<double*> by_replica;
  for (uint32_t i = 0; i < descriptor.result_count; ++i) {
    ReplicaValues& result = values[descriptor.results[i].name];
    result = {replicas, count * count, std::vector<double>(replicas * count * count)};
    by_replica.push_back(result.values.data());
  }
  const Batch batch = set.slice(0, set.count);
  const std::vector<int64_t> extents = extent_table(model, descriptor, batch);
  const std::vector<const double*> fields = field_table(model, descriptor, extents, batch);
  PairProgress progress{work, {}};
  tp_pairs pairs{};
  pairs.size = sizeof pairs;
  pairs.fields = fields.data();
  pairs.count = count;
  pairs.extents = extents.data();
  pairs.progress = show_progress;
  pairs.progress_data = &progress;
  check_status(tp_evaluate_pairs(&model, options.get(), number, &pairs, nullptr, nullptr, by_replica.data()));
  for (const auto& [name, result] : values) check_finite(result.values, "the " + name + " is not finite");
  return values;
}

}  // namespace tpc::evaluation
