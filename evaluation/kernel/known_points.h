/// \file Points of a network in a list that grows, equal ones once.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "evaluation/batch.h"
#include "passes/kernel/function_space.h"

namespace tpc::evaluation {

/// The points of a group in these examples, under the network's names.
Batch points_of(const passes::PointGroup& group, const Batch& examples);

/// Points [begin, end) of the list.
Batch slice_of(const Batch& points, int64_t begin, int64_t end);

class KnownPoints {
 public:
  [[nodiscard]] size_t size() const { return static_cast<size_t>(points_.count); }
  /// Of each point its index here; those that are not known yet come to the end.
  std::vector<size_t> meet(const Batch& points);
  [[nodiscard]] const Batch& all() const { return points_; }
  [[nodiscard]] Batch gathered(const std::vector<size_t>& indices) const;

 private:
  [[nodiscard]] size_t index_of(const Batch& points, size_t point);
  [[nodiscard]] bool same(size_t known, const Batch& points, size_t point) const;

  Batch points_;
  std::unordered_multimap<size_t, size_t> by_hash_;  ///< of a point's numbers: its index
};

}  // namespace tpc::evaluation
