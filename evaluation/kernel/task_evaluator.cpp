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

TaskKernelEvaluator::PointsByGroup TaskKernelEvaluator::points_by_group(const Batch& examples) const {
  PointsByGroup points;
  for (size_t i = 0; i < space_.groups.size(); ++i) {
    const passes::PointGroup& group = space_.groups[i];
    const bool here =
        std::ranges::all_of(group.fields, [&](const auto& field) { return examples.fields.contains(field.data); });
    if (here) points[i].values = points_of(group, examples);
  }
  return points;
}

TaskKernelEvaluator::PointsByGroup TaskKernelEvaluator::training_points(const Batch& examples) {
  PointsByGroup points = points_by_group(examples);
  for (auto& [group, own] : points) {
    own.indices = expansion_.meet(own.values);
    own.f = expansion_.values(own.indices);
  }
  return points;
}

TaskKernelEvaluator::PointsByGroup TaskKernelEvaluator::points_of_set(uint32_t function, const LoadedSet& set,
                                                                      const Batch& examples) {
  PointsByGroup points = points_by_group(examples);
  for (auto& [group, own] : points) {
    if (!need({function}, space_.groups[group].values)) continue;
    const auto [entry, is_new] = known_.try_emplace({set.name, group});
    KnownValues& known = entry->second;
    if (is_new) known.coefficients = expansion_.coefficients();
    const size_t before = known.points.size();
    const std::vector<size_t> indices = known.points.meet(own.values);
    known.values.resize(known.points.size() * outputs_, 0.0);
    const Batch added = slice_of(known.points.all(), static_cast<int64_t>(before), known.points.all().count);
    expansion_.add_change(added, {}, known.values.data() + before * outputs_);
    for (const size_t index : indices) {
      const double* f = known.values.data() + index * outputs_;
      own.f.insert(own.f.end(), f, f + outputs_);
    }
  }
  return points;
}

void TaskKernelEvaluator::bring_up_to_date(const LoadedSet& set) {
  for (auto& [key, known] : known_) {
    if (key.first != set.name) continue;
    expansion_.add_change(known.points.all(), known.coefficients, known.values.data());
    known.coefficients = expansion_.coefficients();
  }
}

Batch TaskKernelEvaluator::with_fields(const Functions& functions, const Batch& examples,
                                       const PointsByGroup& points) const {
  Batch batch = examples;
  for (uint32_t i = 0; i < functions_.extent_count; ++i) batch.extents[functions_.extents[i].name] = examples.count;
  for (const auto& [group, own] : points) {
    const std::string& field = space_.groups[group].values;
    if (need(functions, field)) batch.fields[field] = own.f;
  }
  for (const passes::KernelBlock& each : space_.blocks) {
    if (need(functions, each.field)) batch.fields[each.field] = block(each, points, examples.count);
  }
  return batch;
}

std::vector<double> TaskKernelEvaluator::kernel_between(size_t kernel, const Points& points, Range range,
                                                        const Points& others, Range other_range) const {
  if (kernel > 0 || points.indices.empty()) {
    return kernel_.between(kernel, slice_of(points.values, range.first, range.second),
                           slice_of(others.values, other_range.first, other_range.second));
  }
  const auto slice = [](const std::vector<size_t>& indices, Range of) {
    return std::vector<size_t>(indices.begin() + of.first, indices.begin() + of.second);
  };
  return expansion_.kernel(slice(points.indices, range), slice(others.indices, other_range));
}

std::vector<double> TaskKernelEvaluator::block(const passes::KernelBlock& block, const PointsByGroup& points,
                                               int64_t examples) const {
  const Points &rows = points.at(block.group), &columns = points.at(block.other);
  const int64_t own_rows = rows.values.count / examples, own_columns = columns.values.count / examples;
  const int64_t at_a_time =
      block.across ? examples : std::max<int64_t>(1, points_within / std::max(own_rows, own_columns));
  std::vector<double> values;
  for (int64_t begin = 0; begin < examples; begin += at_a_time) {
    const int64_t count = std::min(at_a_time, examples - begin);
    const std::vector<double> all = kernel_between(block.kernel, rows, {begin * own_rows, (begin + count) * own_rows},
                                                   columns, {begin * own_columns, (begin + count) * own_columns});
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
  const PointsByGroup points = training_points(batch.values);
  const Batch fields = with_fields({change, step}, batch.values, points);
  std::vector<ReplicaValues> changes;
  for (uint32_t i = 0; i < space_.moved.size(); ++i) changes.push_back(state_.call(change, fields, i));
  ReplicaValues loss = state_.call(step, fields);
  for (size_t i = 0; i < changes.size(); ++i) {
    expansion_.add(points.at(space_.moved[i]).indices, changes[i].values);
  }
  return loss;
}

ReplicaValues TaskKernelEvaluator::loss(const TrainingBatch& batch) {
  const uint32_t loss = state_.function_index(ir::FunctionRole::loss);
  return state_.call(loss, with_fields({loss}, batch.values, training_points(batch.values)));
}

ReplicaValues TaskKernelEvaluator::evaluate(const ir::FunctionKey& function, const LoadedSet& set) {
  const uint32_t index = state_.function_index(function);
  bring_up_to_date(set);
  return evaluate_in_blocks(set, block_size(), [&](const Batch& examples) {
    return state_.call(index, with_fields({index}, examples, points_of_set(index, set, examples)));
  });
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
