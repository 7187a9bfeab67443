#include "evaluation/kernel/kernel_expansion.h"

#include <algorithm>
#include <numeric>

#include "runtime/algebra/gemm.h"

namespace tpc::evaluation {
namespace {

/// Points and terms of f that are evaluated at a time: enough for matrix products, few enough for memory.
constexpr int64_t most_points = 512;
constexpr size_t most_terms = 4096;

}  // namespace

std::vector<size_t> KernelExpansion::meet(const Batch& points) {
  std::vector<size_t> indices = points_.meet(points);
  const size_t count = points_.size();
  coefficients_.resize(count * outputs_, 0.0);
  has_moved_.resize(count, false);
  const auto pairs = 0.5 * static_cast<double>(count) * static_cast<double>(count + 1);
  if (remembers_ && 8.0 * pairs > most_bytes_) forget();
  while (remembers_ && pairs_.size() < count) remember_more();
  return indices;
}

/// Some of the points that are not remembered yet.
void KernelExpansion::remember_more() {
  const size_t first = pairs_.size(), count = points_.size(),
               end = std::min(first + static_cast<size_t>(most_points), count);
  const Batch added = slice_of(points_.all(), static_cast<int64_t>(first), static_cast<int64_t>(end));
  const std::vector<double> kernel = kernel_.between(0, added, points_.all());
  values_.resize(end * outputs_, 0.0);
  for (size_t i = first; i < end; ++i) {
    const double* row = kernel.data() + (i - first) * count;
    pairs_.emplace_back(row, row + i + 1);
  }
  runtime::gemm(runtime::Layout::plain, runtime::Layout::plain, end - first, outputs_, count, 1.0, kernel.data(), count,
                coefficients_.data(), outputs_, 1.0, values_.data() + first * outputs_, outputs_);
}

void KernelExpansion::forget() {
  remembers_ = false;
  pairs_ = {};
  values_ = {};
}

std::vector<double> KernelExpansion::values(const std::vector<size_t>& indices) const {
  std::vector<double> f(indices.size() * outputs_);
  if (!remembers_) {
    add_change(points_.gathered(indices), {}, f.data());
    return f;
  }
  for (size_t i = 0; i < indices.size(); ++i) {
    std::copy_n(values_.data() + indices[i] * outputs_, outputs_, f.data() + i * outputs_);
  }
  return f;
}

std::vector<double> KernelExpansion::kernel(const std::vector<size_t>& rows, const std::vector<size_t>& columns) const {
  if (!remembers_) return kernel_.between(0, points_.gathered(rows), points_.gathered(columns));
  std::vector<double> values(rows.size() * columns.size());
  double* value = values.data();
  for (const size_t row : rows) {
    const double* up_to_row = pairs_[row].data();
    for (const size_t column : columns) *value++ = column <= row ? up_to_row[column] : pairs_[column][row];
  }
  return values;
}

void KernelExpansion::add(const std::vector<size_t>& indices, const std::vector<double>& changes) {
  for (size_t i = 0; i < indices.size(); ++i) {
    const size_t index = indices[i];
    if (!has_moved_[index]) moved_.push_back(index);
    has_moved_[index] = true;
    for (size_t k = 0; k < outputs_; ++k) coefficients_[index * outputs_ + k] += changes[i * outputs_ + k];
  }
  if (remembers_) add_to_remembered(indices, changes);
}

void KernelExpansion::add_to_remembered(const std::vector<size_t>& indices, const std::vector<double>& changes) {
  using runtime::Layout;
  for (size_t begin = 0; begin < points_.size(); begin += most_points) {
    std::vector<size_t> some(std::min<size_t>(most_points, points_.size() - begin));
    std::iota(some.begin(), some.end(), begin);
    runtime::gemm(Layout::plain, Layout::plain, some.size(), outputs_, indices.size(), 1.0,
                  kernel(some, indices).data(), indices.size(), changes.data(), outputs_, 1.0,
                  values_.data() + begin * outputs_, outputs_);
  }
}

void KernelExpansion::add_change(const Batch& points, const std::vector<double>& before, double* values) const {
  if (points.count == 0) return;
  std::vector<size_t> changed;
  std::vector<double> changes;
  const auto apply = [&] {
    using runtime::Layout;
    const Batch terms = points_.gathered(changed);
    for (int64_t begin = 0; begin < points.count; begin += most_points) {
      const Batch some = slice_of(points, begin, std::min<int64_t>(begin + most_points, points.count));
      const std::vector<double> kernel = kernel_.between(0, some, terms);
      runtime::gemm(Layout::plain, Layout::plain, static_cast<size_t>(some.count), outputs_, changed.size(), 1.0,
                    kernel.data(), changed.size(), changes.data(), outputs_, 1.0,
                    values + static_cast<size_t>(begin) * outputs_, outputs_);
    }
    changed.clear(), changes.clear();
  };
  for (const size_t i : moved_) {
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

}  // namespace tpc::evaluation
