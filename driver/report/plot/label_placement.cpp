#include "driver/report/plot/label_placement.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace tpc::driver::svg {
namespace {

constexpr double gap = 6.0;           ///< from a point to its label
constexpr double point_radius = 3.5;  ///< what a point covers
constexpr int rings = 6;              ///< how often a label may move farther away

double overlap(double begin, double end, double other_begin, double other_end) {
  return std::max(0.0, std::min(end, other_end) - std::max(begin, other_begin));
}

/// The area that two boxes share.
double overlap(const Box& a, const Box& b) {
  return overlap(a.left, a.left + a.width, b.left, b.left + b.width) *
         overlap(a.top, a.top + a.height, b.top, b.top + b.height);
}

Box around(const LabelledPoint& point) {
  return {point.x - point_radius, point.y - point_radius, 2 * point_radius, 2 * point_radius};
}

/// Where the label lies as seen from its point, in the order of preference: -1, 0, 1 by axis.
struct Direction {
  int x, y;
};
constexpr std::array<Direction, 8> directions = {
    {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}}};

Box beside(const LabelledPoint& point, Direction direction, double distance, const Box& area) {
  Box box{point.x + direction.x * distance, point.y + direction.y * distance, point.width, point.height};
  box.left -= (1 - direction.x) * point.width / 2.0;
  box.top -= (1 - direction.y) * point.height / 2.0;
  box.left = std::clamp(box.left, area.left, std::max(area.left, area.left + area.width - box.width));
  box.top = std::clamp(box.top, area.top, std::max(area.top, area.top + area.height - box.height));
  return box;
}

}  // namespace

std::vector<Box> place_labels(const std::vector<LabelledPoint>& points, const Box& area) {
  std::vector<Box> placed;
  const auto covered = [&](const Box& box) {
    double total = 0.0;
    for (const LabelledPoint& point : points) total += overlap(box, around(point));
    for (const Box& other : placed) total += overlap(box, other);
    return total;
  };
  for (const LabelledPoint& point : points) {
    Box best;
    double least = std::numeric_limits<double>::infinity();
    for (int ring = 0; ring < rings && least > 0.0; ++ring) {
      for (const Direction direction : directions) {
        const Box box = beside(point, direction, gap + ring * point.height * 0.6, area);
        const double cost = covered(box);
        if (cost >= least) continue;
        least = cost;
        best = box;
        if (cost == 0.0) break;
      }
    }
    placed.push_back(best);
  }
  return placed;
}

}  // namespace tpc::driver::svg
