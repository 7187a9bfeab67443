#include "evaluation/kernel/task_evaluator.h"

#include <algorithm>

#include "base/diag/check.h"
#include "evaluation/training/blocks.h"
#include "ir/limit/task_functions.h"

namespace tpc::evaluation {
namespace {

/// Points of a group whose values are computed at a time.
constexpr int64_t points_at_a_time = 256;
/// The same of points whose kernel is needed within tasks only: a call has a cost of its own, and so have the pairs
/// between tasks, which are computed along.
constexpr int64_t points_within = 16;

size_t output_count(const tp_model_descriptor& functions, const passes::FunctionSpace& space) {
  const passes::PointGroup& group = space.groups.at(space.moved.at(0));
  for (uint32_t i = 0; i < functions.field_count; ++i) {
    const tp_field_descriptor& field = functions.fields[i];
    if (field.name == group.values) return field.size / static_cast<size_t>(group.rows);
  }
  TPC_CHECK(false, "no function reads f");
}

}  // namespace

TaskKernelEvaluator::TaskKernelEvaluator(const tp_model_descriptor& functions, const KernelFunction& kernel,
                                         const passes::FunctionSpace& space)
    : functions_(functions),
      kernel_(kernel),
      space_(space),
      outputs_(output_count(functions, space)),
      state_(functions, LimitSettings{}, {}),
      expansion_(kernel, outputs_) {}

bool TaskKernelEvaluator::need(const Functions& functions, const std::string& field) const {
  return std::ranges::any_of(functions, [&](uint32_t function) {
    const tp_function_descriptor& descriptor = functions_.functions[function];
    return std::any_of(descriptor.fields, descriptor.fields + descriptor.field_count,
                       [&](uint32_t i) { return functions_.fields[i].name == field; });
  });
}

Batch TaskKernelEvaluator::with_fields(const Functions& functions, const Batch& examples,
                                       const std::map<size_t, std::vector<double>>& values) const {
  Batch batch = examples;
  for (uint32_t i = 0; i < functions_.extent_count; ++i) batch.extents[functions_.extents[i].name] = examples.count;
  std::map<size_t, Batch> points;
  for (size_t i = 0; i < space_.groups.size(); ++i) {
    const passes::PointGroup& group = space_.groups[i];
    const bool here =
        std::ranges::all_of(group.fields, [&](const auto& field) { return batch.fields.contains(field.data); });
    if (here) points[i] = points_of(group, examples);
    if (!here || !need(functions, group.values)) continue;
    std::vector<double>& f = batch.fields[group.values];
    if (const auto known = values.find(i); known != values.end()) {
      f = known->second;
    } else {
      f.resize(static_cast<size_t>(points[i].count) * outputs_);
      expansion_.add_change(points[i], {}, f.data());
    }
  }
  for (const passes::KernelBlock& each : space_.blocks) {
    if (need(functions, each.field)) batch.fields[each.field] = block(each, points, examples.count);
  }
  return batch;
}

std::vector<double> TaskKernelEvaluator::block(const passes::KernelBlock& block, const std::map<size_t, Batch>& points,
                                               int64_t examples) const {
  const Batch &rows = points.at(block.group), &columns = points.at(block.other);
  const int64_t own_rows = rows.count / examples, own_columns = columns.count / examples;
  const int64_t at_a_time =
      block.across ? examples : std::max<int64_t>(1, points_within / std::max(own_rows, own_columns));
  std::vector<double> values;
  for (int64_t begin = 0; begin < examples; begin += at_a_time) {
    const int64_t count = std::min(at_a_time, examples - begin);
    const std::vector<double> all =
        kernel_.between(block.kernel, slice_of(rows, begin * own_rows, (begin + count) * own_rows),
                        slice_of(columns, begin * own_columns, (begin + count) * own_columns));
    for (int64_t example = 0; example < count; ++example) {
      for (int64_t other = block.across ? 0 : example; other < (block.across ? count : example + 1); ++other) {
        for (int64_t row = example * own_rows; row < (example + 1) * own_rows; ++row) {
          const auto first = all.begin() + (row * count + other) * own_columns;
          values.insert(values.end(), first, first + own_columns);
        }
      }
    }
  }
  return values;
}

ReplicaValues TaskKernelEvaluator::step(const TrainingBatch& batch) {
  const uint32_t change = state_.function_index(ir::FunctionKey(ir::limit::change_function));
  const uint32_t step = state_.function_index(ir::FunctionRole::step);
  const Batch fields = with_fields({change, step}, batch.values, {});
  std::vector<ReplicaValues> changes;
  for (uint32_t i = 0; i < space_.moved.size(); ++i) changes.push_back(state_.call(change, fields, i));
  ReplicaValues loss = state_.call(step, fields);
  for (size_t i = 0; i < changes.size(); ++i) {
    expansion_.add(points_of(space_.groups[space_.moved[i]], batch.values), changes[i].values);
  }
  return loss;
}

ReplicaValues TaskKernelEvaluator::loss(const TrainingBatch& batch) {
  const uint32_t loss = state_.function_index(ir::FunctionRole::loss);
  return state_.call(loss, with_fields({loss}, batch.values, {}));
}

ReplicaValues TaskKernelEvaluator::evaluate(const ir::FunctionKey& function, const LoadedSet& set) {
  const uint32_t index = state_.function_index(function);
  int64_t begin = 0;
  ReplicaValues values = evaluate_in_blocks(set, block_size(), [&](const Batch& examples) {
    const auto f = values_of(index, set, begin, examples);
    begin += examples.count;
    return state_.call(index, with_fields({index}, examples, f));
  });
  for (auto& [key, known] : known_) {
    if (key.first == set.name && need({index}, space_.groups[key.second].values)) {
      known.coefficients = expansion_.coefficients();
    }
  }
  return values;
}

std::map<size_t, std::vector<double>> TaskKernelEvaluator::values_of(uint32_t function, const LoadedSet& set,
                                                                     int64_t begin, const Batch& examples) {
  std::map<size_t, std::vector<double>> result;
  for (size_t i = 0; i < space_.groups.size(); ++i) {
    const passes::PointGroup& group = space_.groups[i];
    if (!need({function}, group.values)) continue;
    KnownValues& known = known_[{set.name, i}];
    known.values.resize(static_cast<size_t>(set.count * group.rows) * outputs_);
    const Batch points = points_of(group, examples);
    double* first = known.values.data() + static_cast<size_t>(begin * group.rows) * outputs_;
    expansion_.add_change(points, known.coefficients, first);
    result[i].assign(first, first + static_cast<size_t>(points.count) * outputs_);
  }
  return result;
}

int64_t TaskKernelEvaluator::block_size() const {
  int64_t rows = 1;
  for (const passes::PointGroup& group : space_.groups) rows = std::max(rows, group.rows);
  return std::max<int64_t>(1, points_at_a_time / rows);
}

bool TaskKernelEvaluator::starts_at_zero() const {
  const uint32_t predict = state_.function_index(ir::FunctionRole::predict);
  return std::ranges::none_of(space_.blocks,
                              [&](const passes::KernelBlock& each) { return need({predict}, each.field); });
}

}  // namespace tpc::evaluation
