#include "runtime/abi/indices.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_set>

#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

bool contains(const IndexList& list, double index) {
  return std::find(list.indices, list.indices + list.count, index) != list.indices + list.count;
}

/// Few indices are compared with each other faster than they are hashed.
constexpr std::size_t few = 64;

}  // namespace

void check_indices(const IndexList& list, std::size_t size) {
  for (std::size_t i = 0; i < list.count; ++i) {
    const double index = list.indices[i];
    const bool fits = index >= -1.0 && index < static_cast<double>(size) && index == std::floor(index);
    if (!fits) {
      fail(TP_INVALID_ARGUMENT, "index " + std::to_string(i + 1) + " of a list must be a whole number from 0 to " +
                                    std::to_string(size - 1) + ", or -1 for an absent one, not " +
                                    std::to_string(index));
    }
  }
}

void mark_first_occurrences(const IndexList& list, const std::vector<IndexList>& earlier, double* out) {
  if (list.count <= few && std::ranges::all_of(earlier, [](const IndexList& other) { return other.count <= few; })) {
    for (std::size_t i = 0; i < list.count; ++i) {
      const double index = list.indices[i];
      const bool seen = contains({list.indices, i}, index) ||
                        std::ranges::any_of(earlier, [&](const IndexList& other) { return contains(other, index); });
      out[i] = index >= 0.0 && !seen ? 1.0 : 0.0;
    }
    return;
  }
  std::unordered_set<double> seen;
  for (const IndexList& other : earlier) seen.insert(other.indices, other.indices + other.count);
  for (std::size_t i = 0; i < list.count; ++i) {
    out[i] = list.indices[i] >= 0.0 && seen.insert(list.indices[i]).second ? 1.0 : 0.0;
  }
}

}  // namespace tpc::runtime
