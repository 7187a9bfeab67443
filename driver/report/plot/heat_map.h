/// \file A matrix over examples as colours, for a web page.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tpc::driver {

/// What colours say. sequential: viridis, from the least to the most; diverging: blue, white at 0, red.
struct ColorScale {
  double least = 0.0, most = 1.0;
  bool diverging = false;
};

/// From the least to the largest number of all; a range of no length becomes one around it.
ColorScale scale_of(const std::vector<const std::vector<double>*>& matrices);
/// As far to both sides of 0 as the numbers go.
ColorScale scale_of_changes(const std::vector<double>& changes);

/// Names of adjacent rows, and how many there are.
using RowGroups = std::vector<std::pair<std::string, size_t>>;

/// A square matrix, row-major, with the scale beside it; groups of rows are named where there is room, lines stand
/// between them.
std::string heat_map(const std::string& description, const std::vector<double>& matrix, const RowGroups& groups,
                     const ColorScale& scale);

}  // namespace tpc::driver
