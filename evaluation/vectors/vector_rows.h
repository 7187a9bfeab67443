/// \file Vectors by coordinates that are fetched a few at a time: they need not be in memory in this form.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace tpc::evaluation {

struct VectorRows {
  std::int64_t size = 0, dimension = 0;
  /// Vectors [first, first + count) to out[count, dimension].
  std::function<void(std::int64_t first, std::int64_t count, double* out)> fetch = {};
};

/// How many vectors of this dimension are fetched at a time.
std::int64_t rows_at_once(std::int64_t dimension);

/// The same without the coordinates at the end that are 0 in all vectors; at least one is left.
VectorRows without_zero_tail(VectorRows rows);

/// All of them: [size, dimension], row-major.
std::vector<double> all_rows(const VectorRows& rows);

}  // namespace tpc::evaluation
