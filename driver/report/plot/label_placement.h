/// \file Where the labels of points stand so that they can be read.
#pragma once

#include <vector>

namespace tpc::driver::svg {

/// In pixels, y downwards.
struct Box {
  double left = 0.0, top = 0.0, width = 0.0, height = 0.0;
};

struct LabelledPoint {
  double x = 0.0, y = 0.0;           ///< of the point
  double width = 0.0, height = 0.0;  ///< of its label
};

/// For each point a box of its label's size beside it: at the right, at the left, above, below or askew, a little
/// farther away where there is no room, inside `area`. No box covers a point or meets another one, unless no place near
/// by is free: then it is one where least is covered. Earlier points choose first.
std::vector<Box> place_labels(const std::vector<LabelledPoint>& points, const Box& area);

}  // namespace tpc::driver::svg
