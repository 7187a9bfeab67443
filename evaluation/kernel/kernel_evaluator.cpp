#include "evaluation/kernel/kernel_evaluator.h"

#include <algorithm>

#include "base/diag/check.h"
#include "passes/kernel/recursion.h"

namespace tpc::evaluation {
namespace {

uint64_t field_size(const tp_model_descriptor& model, const std::string& name) {
  for (uint32_t i = 0; i < model.field_count; ++i) {
    if (model.fields[i].name == name) return model.fields[i].size;
  }
  TPC_CHECK(false, "the recursion has no field " + name);
}

}  // namespace

KernelEvaluator::KernelEvaluator(const tp_model_descriptor& recursion, const KernelPoints& points,
                                 const ReplicaValues& kernel, const GramValues& grams, const KernelStart& start)
    : recursion_(recursion),
      points_(points),
      kernel_(kernel),
      grams_(grams),
      zero_targets_(start.zero_targets),
      starts_at_zero_(start.initial.empty()) {
  const auto count = static_cast<size_t>(points.count());
  Batch batch{points.count(), {}};
  std::vector<double>& index = batch.fields[passes::index_field];
  for (size_t i = 0; i < count; ++i) index.push_back(static_cast<double>(i));
  batch.fields[passes::initial_field] =
      start.initial.empty() ? std::vector<double>(count * field_size(recursion, passes::initial_field)) : start.initial;
  for (size_t replica = 0; replica < kernel.replicas; ++replica) {
    replicas_.emplace_back(recursion, LimitSettings{}, std::vector<InputRotation>{});
    replicas_.back().call(ir::FunctionRole::start, batch);
  }
}

ReplicaValues KernelEvaluator::evaluate(const ir::FunctionKey& function, const LoadedSet& set) {
  if (function != ir::FunctionRole::predict) {
    const auto gram = grams_.find({function, set.name});
    TPC_CHECK(gram != grams_.end(), "no values of " + ir::spelling(function) + " on " + set.name);
    return gram->second;
  }
  const ReplicaValues all = predict_all();
  const size_t outputs = all.numbers / static_cast<size_t>(points_.count());
  const size_t begin = static_cast<size_t>(points_.first.at(set.name)) * outputs;
  ReplicaValues values{all.replicas, static_cast<size_t>(set.count) * outputs, {}};
  for (size_t replica = 0; replica < all.replicas; ++replica) {
    const double* first = all.replica(replica) + begin;
    values.values.insert(values.values.end(), first, first + values.numbers);
  }
  return values;
}

ReplicaValues KernelEvaluator::predict_all() {
  ReplicaValues values{replicas_.size(), 0, {}};
  for (RuntimeState& replica : replicas_) {
    const ReplicaValues one = replica.call(ir::FunctionRole::predict, {1, {}});
    values.numbers = one.numbers;
    values.values.insert(values.values.end(), one.values.begin(), one.values.end());
  }
  return values;
}

ReplicaValues KernelEvaluator::call(ir::FunctionRole function, const TrainingBatch& batch) {
  Batch fields{batch.values.count, {}};
  for (uint32_t i = 0; i < recursion_.field_count; ++i) {
    const std::string name = recursion_.fields[i].name;
    if (zero_targets_) {
      fields.fields[name].resize(static_cast<size_t>(fields.count) * recursion_.fields[i].size);
    } else if (const auto values = batch.values.fields.find(name); values != batch.values.fields.end()) {
      fields.fields[name] = values->second;
    }
  }
  fields.fields[passes::index_field].assign(batch.rows.begin(), batch.rows.end());
  ReplicaValues losses{replicas_.size(), 1, {}};
  for (size_t replica = 0; replica < replicas_.size(); ++replica) {
    fill_kernel_rows(batch.rows, replica, fields.fields[passes::kernel_field]);
    losses.values.push_back(replicas_[replica].call(function, fields).values.at(0));
  }
  return losses;
}

void KernelEvaluator::fill_kernel_rows(const std::vector<int64_t>& rows, size_t replica,
                                       std::vector<double>& values) const {
  const auto count = static_cast<size_t>(points_.count());
  values.resize(rows.size() * count);
  const size_t matrix = std::min(replica, kernel_.replicas - 1);
  for (size_t i = 0; i < rows.size(); ++i) {
    std::copy_n(kernel_.replica(matrix) + static_cast<size_t>(rows[i]) * count, count, values.begin() + i * count);
  }
}

}  // namespace tpc::evaluation
