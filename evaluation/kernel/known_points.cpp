#include "evaluation/kernel/known_points.h"

#include <algorithm>
#include <functional>
#include <span>

namespace tpc::evaluation {
namespace {

/// The numbers of points [begin, end) of `count` in a field.
std::span<const double> part(const std::vector<double>& values, int64_t count, size_t begin, size_t end) {
  const size_t size = values.size() / static_cast<size_t>(count);
  return std::span(values).subspan(begin * size, (end - begin) * size);
}

/// Those of one point.
std::span<const double> numbers(const std::vector<double>& values, int64_t count, size_t point) {
  return part(values, count, point, point + 1);
}

}  // namespace

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
      const std::span<const double> own = numbers(given, examples.count, point / rows);
      values.insert(values.end(), own.begin(), own.end());
    }
  }
  return points;
}

Batch slice_of(const Batch& points, int64_t begin, int64_t end) {
  Batch some{end - begin, {}};
  for (const auto& [name, values] : points.fields) {
    const std::span<const double> own =
        part(values, points.count, static_cast<size_t>(begin), static_cast<size_t>(end));
    some.fields[name].assign(own.begin(), own.end());
  }
  return some;
}

std::vector<size_t> KnownPoints::meet(const Batch& points) {
  std::vector<size_t> indices(static_cast<size_t>(points.count));
  for (size_t i = 0; i < indices.size(); ++i) indices[i] = index_of(points, i);
  return indices;
}

size_t KnownPoints::index_of(const Batch& points, size_t point) {
  size_t hash = 0;
  for (const auto& [name, values] : points.fields) {
    for (double value : numbers(values, points.count, point)) {
      hash = hash * 1099511628211ULL + std::hash<double>{}(value);
    }
  }
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto known = first; known != last; ++known) {
    if (same(known->second, points, point)) return known->second;
  }
  const size_t index = size();
  by_hash_.emplace(hash, index);
  for (const auto& [name, values] : points.fields) {
    const std::span<const double> own = numbers(values, points.count, point);
    std::vector<double>& all = points_.fields[name];
    all.insert(all.end(), own.begin(), own.end());
  }
  ++points_.count;
  return index;
}

bool KnownPoints::same(size_t known, const Batch& points, size_t point) const {
  return std::ranges::all_of(points.fields, [&](const auto& field) {
    return std::ranges::equal(numbers(points_.fields.at(field.first), points_.count, known),
                              numbers(field.second, points.count, point));
  });
}

Batch KnownPoints::gathered(const std::vector<size_t>& indices) const {
  Batch chosen{static_cast<int64_t>(indices.size()), {}};
  for (const auto& [name, values] : points_.fields) {
    std::vector<double>& own = chosen.fields[name];
    own.reserve(indices.size() * (values.size() / size()));
    for (const size_t index : indices) {
      const std::span<const double> point = numbers(values, points_.count, index);
      own.insert(own.end(), point.begin(), point.end());
    }
  }
  return chosen;
}

}  // namespace tpc::evaluation
