#include "evaluation/kernel/kernel_blocks.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/diag/check.h"
#include "runtime/algebra/gemm.h"

namespace tpc::evaluation {
namespace {

/// Terms of f that are evaluated at a time: enough for matrix products, few enough for memory.
constexpr size_t most_terms = 4096;
/// Points a side of a block of pairs where there are as many: what is computed of each point alone is then little, and
/// with the terms of f there are blocks enough for all threads.
constexpr size_t large_block = 128;

std::vector<double> part(const std::vector<double>& values, size_t count, size_t begin, size_t end) {
  const size_t size = values.size() / count;
  return {values.begin() + static_cast<std::ptrdiff_t>(begin * size),
          values.begin() + static_cast<std::ptrdiff_t>(end * size)};
}

}  // namespace

KernelFunction::KernelFunction(const tp_model_descriptor& model, const LimitSettings& settings)
    : model_(model), function_(function_index(model, ir::FunctionRole::kernel)), options_(settings, {}) {}

std::vector<double> KernelFunction::between(size_t kernel, const Batch& points, const Batch& others) const {
  const tp_function_descriptor& descriptor = model_.functions[function_];
  const std::string name = passes::kernel_result(kernel);
  std::vector<double> values(static_cast<size_t>(points.count * others.count));
  std::vector<double*> results(descriptor.result_count, nullptr);
  for (uint32_t i = 0; i < descriptor.result_count; ++i) {
    if (descriptor.results[i].name == name) results[i] = values.data();
  }
  TPC_CHECK(std::ranges::find(results, values.data()) != results.end(), "the compiled kernel has no result " + name);
  const auto table = [&](const Batch& side) {
    return field_table(model_, descriptor, extent_table(model_, descriptor, side), side);
  };
  const std::vector<const double*> fields = table(points), other_fields = table(others);
  tp_pairs pairs{};
  pairs.size = sizeof pairs;
  pairs.fields = fields.data();
  pairs.count = static_cast<size_t>(points.count);
  pairs.other_fields = other_fields.data();
  pairs.other_count = static_cast<size_t>(others.count);
  if (std::min(pairs.count, pairs.other_count) >= large_block) pairs.block = large_block;
  check_status(tp_evaluate_pairs(&model_, options_.get(), function_, &pairs, results.data(), nullptr, nullptr));
  if (!std::ranges::all_of(values, [](double x) { return std::isfinite(x); })) {
    throw EvaluationFailure{EvaluationFailure::Kind::not_finite, "the kernel is not finite"};
  }
  return values;
}

Batch points_of(const passes::PointGroup& group, const Batch& examples) {
  Batch points{examples.count * group.rows, {}};
  const auto count = static_cast<size_t>(examples.count), rows = static_cast<size_t>(group.rows);
  for (const passes::PointGroup::Field& field : group.fields) {
    const std::vector<double>& given = examples.fields.at(field.data);
    std::vector<double>& values = points.fields[field.network];
    if (field.by_row) {
      values = given;
      continue;
    }
    for (size_t point = 0; point < count * rows; ++point) {
      const std::vector<double> own = part(given, count, point / rows, point / rows + 1);
      values.insert(values.end(), own.begin(), own.end());
    }
  }
  return points;
}

Batch slice_of(const Batch& points, int64_t begin, int64_t end) {
  Batch some{end - begin, {}};
  const auto count = static_cast<size_t>(points.count);
  for (const auto& [name, values] : points.fields) {
    some.fields[name] = part(values, count, static_cast<size_t>(begin), static_cast<size_t>(end));
  }
  return some;
}

void KernelExpansion::add(const Batch& points, const std::vector<double>& changes) {
  for (int64_t i = 0; i < points.count; ++i) {
    const size_t index = index_of(slice_of(points, i, i + 1));
    for (size_t k = 0; k < outputs_; ++k) {
      coefficients_[index * outputs_ + k] += changes[static_cast<size_t>(i) * outputs_ + k];
    }
  }
}

size_t KernelExpansion::index_of(const Batch& point) {
  size_t hash = 0;
  for (const auto& [name, values] : point.fields) {
    for (double value : values) hash = hash * 1099511628211ULL + std::hash<double>{}(value);
  }
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto known = first; known != last; ++known) {
    const auto index = static_cast<int64_t>(known->second);
    if (slice_of(points_, index, index + 1).fields == point.fields) return known->second;
  }
  const size_t index = size();
  by_hash_.emplace(hash, index);
  for (const auto& [name, values] : point.fields) {
    std::vector<double>& all = points_.fields[name];
    all.insert(all.end(), values.begin(), values.end());
  }
  ++points_.count;
  coefficients_.resize(coefficients_.size() + outputs_, 0.0);
  return index;
}

void KernelExpansion::add_change(const Batch& points, const std::vector<double>& before, double* values) const {
  std::vector<size_t> changed;
  std::vector<double> changes;
  const auto apply = [&] {
    using runtime::Layout;
    const std::vector<double> kernel = kernel_.between(0, points, gathered(changed));
    runtime::gemm(Layout::plain, Layout::plain, static_cast<size_t>(points.count), outputs_, changed.size(), 1.0,
                  kernel.data(), changed.size(), changes.data(), outputs_, 1.0, values, outputs_);
    changed.clear(), changes.clear();
  };
  for (size_t i = 0; i < size(); ++i) {
    bool same = true;
    for (size_t j = i * outputs_; j < (i + 1) * outputs_; ++j) {
      changes.push_back(coefficients_[j] - (j < before.size() ? before[j] : 0.0));
      same = same && changes.back() == 0.0;
    }
    if (same) {
      changes.resize(changes.size() - outputs_);
    } else {
      changed.push_back(i);
    }
    if (changed.size() == most_terms) apply();
  }
  if (!changed.empty()) apply();
}

Batch KernelExpansion::gathered(const std::vector<size_t>& indices) const {
  Batch terms{static_cast<int64_t>(indices.size()), {}};
  for (const auto& [name, values] : points_.fields) {
    const size_t width = values.size() / size();
    std::vector<double>& chosen = terms.fields[name];
    chosen.reserve(indices.size() * width);
    for (const size_t index : indices) {
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(index * width);
      chosen.insert(chosen.end(), first, first + static_cast<std::ptrdiff_t>(width));
    }
  }
  return terms;
}

}  // namespace tpc::evaluation
