#include "evaluation/kernel/kinks.h"

#include <algorithm>
#include <cmath>

#include "fmt/format.h"

namespace tpc::evaluation {
namespace {

constexpr size_t most_probed = 32;  ///< of the points: the first one is named, and the probe stays cheap
constexpr double displacement = 1e-6;
/// Of the largest number of the kernel: continuous ones change by about the displacement.
constexpr double least_jump = 1e-3;

/// An index is no number: 0 is a row like the others.
bool all_zero(const LoadedField& field, size_t point) {
  if (field.indices) return false;
  const double* numbers = field.values.data() + point * static_cast<size_t>(field.size);
  return field.size > 0 && std::all_of(numbers, numbers + field.size, [](double x) { return x == 0.0; });
}

double root_mean_square(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double x : values) sum += x * x;
  return sum > 0.0 ? std::sqrt(sum / static_cast<double>(values.size())) : 1.0;
}

}  // namespace

KinkProbe::KinkProbe(const KernelPoints& points) {
  const std::vector<LoadedField>& fields = points.all.fields;
  for (size_t i = 0; i < static_cast<size_t>(points.count()) && points_.size() < most_probed; ++i) {
    const bool zero = std::any_of(fields.begin(), fields.end(), [&](const LoadedField& f) { return all_zero(f, i); });
    if (zero) points_.push_back(static_cast<int64_t>(i));
  }
  set_.name = "points at zero";
  set_.count = static_cast<int64_t>(2 * points_.size());
  for (const LoadedField& field : fields) {
    LoadedField probed{field.name, field.size, {}, field.indices};
    const double step = displacement * root_mean_square(field.values);
    for (const double moved : {0.0, step}) {
      for (const int64_t point : points_) {
        const size_t size = static_cast<size_t>(field.size), begin = static_cast<size_t>(point) * size;
        const double by = all_zero(field, static_cast<size_t>(point)) ? moved : 0.0;
        // Of changing size, so that no difference of two numbers is zero.
        for (size_t j = 0; j < size; ++j)
          probed.values.push_back(field.values[begin + j] + by / static_cast<double>(j + 1));
      }
    }
    set_.fields.push_back(std::move(probed));
  }
}

std::optional<int64_t> KinkProbe::find(const ReplicaValues& kernel, const ReplicaValues* covariance,
                                       const std::vector<double>& of_all) const {
  const size_t count = points_.size(), columns = 2 * count;
  const auto jump = [&](const ReplicaValues& matrix, size_t i) {
    const double* values = matrix.replica(0);
    return values[(count + i) * columns + count + i] - values[i * columns + i];
  };
  const double largest = *std::max_element(of_all.begin(), of_all.end());  // on the diagonal
  for (size_t i = 0; i < count; ++i) {
    const double by_start = covariance != nullptr ? jump(*covariance, i) : 0.0;
    if (jump(kernel, i) - by_start > least_jump * largest) return points_[i];
  }
  return {};
}

std::string name_of_point(const KernelPoints& points, int64_t point) {
  std::pair<std::string, int64_t> set;
  for (const auto& [name, first] : points.first) {
    if (first <= point && first >= set.second) set = {name, first};
  }
  return fmt::format("example {} of `{}`", point - set.second + 1, set.first);
}

}  // namespace tpc::evaluation
