#include "driver/report/plot/word_map.h"

#include <algorithm>
#include <set>

#include "fmt/format.h"

namespace tpc::driver {
namespace {

using svg::Axis;
using svg::Panel;
using svg::Point;

const svg::Stroke pair_stroke = {"#999999", 0.8, false, 0.8};

std::vector<Point> points_of(const PrincipalCoordinates& picture) {
  const auto components = static_cast<size_t>(picture.components);
  std::vector<Point> points(components == 0 ? 0 : picture.coordinates.size() / components);
  for (size_t i = 0; i < points.size(); ++i) {
    points[i].x = picture.coordinates[i * components];
    if (components > 1) points[i].y = picture.coordinates[i * components + 1];
  }
  return points;
}

Axis axis_of(const PrincipalCoordinates& picture, size_t component) {
  const char* names[] = {"first", "second"};
  const double share = component < picture.shares.size() ? picture.shares[component] : 0.0;
  return {fmt::format("{} principal axis ({:.0f} % of the variance)", names[component], 100.0 * share),
          0.0,
          0.0,
          false,
          {}};
}

/// The middle of all values along an axis, and how far they extend.
struct Extent {
  double middle = 0.0, length = 0.0;
};
Extent extent(const std::vector<Point>& points, double Point::* coordinate) {
  const auto [least, most] = std::ranges::minmax(points, {}, coordinate);
  return {(least.*coordinate + most.*coordinate) / 2.0, most.*coordinate - least.*coordinate};
}

/// A unit is as long on both axes, and there is room for names at the sides.
void set_ranges(const Panel::Place& place, const std::vector<Point>& points, Axis& x, Axis& y) {
  const Extent horizontal = extent(points, &Point::x), vertical = extent(points, &Point::y);
  constexpr double room_for_names = 1.3, room_above = 1.15;
  double unit = std::max(room_for_names * horizontal.length / place.width, room_above * vertical.length / place.height);
  if (!(unit > 0.0)) unit = 1.0 / place.width;  // all in one place
  x.minimum = horizontal.middle - unit * place.width / 2.0;
  x.maximum = horizontal.middle + unit * place.width / 2.0;
  y.minimum = vertical.middle - unit * place.height / 2.0;
  y.maximum = vertical.middle + unit * place.height / 2.0;
}

}  // namespace

std::string word_map(const Panel::Place& place, const VectorResult& result) {
  const ObservedVectors& observed = result.observed;
  const PrincipalCoordinates picture = picture_coordinates(observed, result.values.mean);
  const std::vector<Point> points = points_of(picture);
  Axis x = axis_of(picture, 0), y = axis_of(picture, 1);
  x.label += "; upwards: " + y.label;
  y.label.clear();
  set_ranges(place, points, x, y);
  Panel panel(place, observed.name, x, y);
  std::set<size_t> second;
  for (const auto& [one, other] : observed.list.pairs) {
    panel.curve({points[one], points[other]}, pair_stroke);
    second.insert(other);
  }
  std::vector<Point> of_color[2];
  std::vector<std::string> names;
  for (size_t i = 0; i < points.size(); ++i) {
    of_color[second.contains(i) ? 1 : 0].push_back(points[i]);
    names.emplace_back(observed.vocabulary->word(observed.list.words[i]));
  }
  constexpr size_t blue = 5, vermilion = 3;
  constexpr double radius = 2.8;
  panel.markers(of_color[0], svg::color(blue), radius);
  panel.markers(of_color[1], svg::color(vermilion), radius);
  panel.labels(points, names);
  return panel.text();
}

}  // namespace tpc::driver
