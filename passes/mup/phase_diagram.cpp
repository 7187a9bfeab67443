#include "passes/mup/phase_diagram.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/diag/check.h"
#include "passes/mup/boundary_lines.h"

namespace tpc::passes {
namespace {

using ir::Rational;

using Polygon = std::vector<PlanePoint>;

PlanePoint between(const PlanePoint& a, const PlanePoint& b) {
  return {(a.x + b.x) * Rational(1, 2), (a.y + b.y) * Rational(1, 2)};
}

PlanePoint middle(const Polygon& polygon) {
  PlanePoint sum;
  for (const PlanePoint& corner : polygon) sum.x += corner.x, sum.y += corner.y;
  const Rational share(1, static_cast<int64_t>(polygon.size()));
  return {sum.x * share, sum.y * share};
}

/// The part of a convex polygon on one side of the line.
Polygon part(const Polygon& polygon, const BoundaryLine& line, int side) {
  Polygon result;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const PlanePoint &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
    const Rational at_a = line.value(a), at_b = line.value(b);
    if (at_a.sign() * side >= 0) result.push_back(a);
    if (at_a.sign() * at_b.sign() < 0) {
      const Rational share = at_a / (at_a - at_b);
      result.push_back({a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)});
    }
  }
  return result;
}

/// What all lines cut the frame into.
std::vector<Polygon> pieces(const PlaneFrame& frame, const std::vector<BoundaryLine>& lines) {
  const PlanePoint &least = frame.least, &most = frame.most;
  std::vector<Polygon> polygons = {{least, {most.x, least.y}, most, {least.x, most.y}}};
  for (const BoundaryLine& line : lines) {
    std::vector<Polygon> cut;
    for (const Polygon& polygon : polygons) {
      const bool below = std::ranges::any_of(polygon, [&](const auto& p) { return line.value(p).sign() < 0; });
      const bool above = std::ranges::any_of(polygon, [&](const auto& p) { return line.value(p).sign() > 0; });
      if (below && above) {
        cut.push_back(part(polygon, line, -1));
        cut.push_back(part(polygon, line, 1));
      } else {
        cut.push_back(polygon);
      }
    }
    polygons = std::move(cut);
  }
  return polygons;
}

PhaseDiagram classified(const PlaneFrame& frame, const std::vector<BoundaryLine>& lines, RegimesOfPoints& regimes) {
  PhaseDiagram diagram;
  diagram.frame = frame;
  std::set<std::pair<PlanePoint, PlanePoint>> sides;
  std::set<PlanePoint> corners;
  for (Polygon& polygon : pieces(frame, lines)) {
    for (size_t i = 0; i < polygon.size(); ++i) {
      const PlanePoint &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
      sides.insert({std::min(a, b), std::max(a, b)});
      corners.insert(a);
    }
    const Regime regime = regimes.at(middle(polygon));
    diagram.cells.push_back({std::move(polygon), regime});
  }
  for (const auto& [a, b] : sides) diagram.sides.push_back({{a, b}, regimes.at(between(a, b))});
  for (const PlanePoint& corner : corners) diagram.corners.push_back({corner, regimes.at(corner)});
  return diagram;
}

/// Twice the signed area of the triangle.
Rational turn(const PlanePoint& a, const PlanePoint& b, const PlanePoint& c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool lies_on(const PhaseSide& side, const PlanePoint& point) {
  const auto& [a, b] = side.ends;
  return turn(a, b, point).is_zero() && std::min(a.x, b.x) <= point.x && point.x <= std::max(a.x, b.x) &&
         std::min(a.y, b.y) <= point.y && point.y <= std::max(a.y, b.y);
}

bool lies_in(const PhaseCell& cell, const PlanePoint& point) {
  for (size_t i = 0; i < cell.corners.size(); ++i) {
    if (turn(cell.corners[i], cell.corners[(i + 1) % cell.corners.size()], point).sign() < 0) return false;
  }
  return true;
}

}  // namespace

Regime shown_regime(const PhaseDiagram& diagram, const PlanePoint& point) {
  for (const PhaseCorner& corner : diagram.corners) {
    if (corner.point == point) return corner.regime;
  }
  for (const PhaseSide& side : diagram.sides) {
    if (lies_on(side, point)) return side.regime;
  }
  for (const PhaseCell& cell : diagram.cells) {
    if (lies_in(cell, point)) return cell.regime;
  }
  TPC_CHECK(false, "a point outside of the diagram");
}

PhaseDiagram phase_diagram(const PlaneFrame& frame, const Rational& lattice_step,
                           const std::function<Regime(const PlanePoint&)>& regime_at) {
  RegimesOfPoints regimes(regime_at);
  BoundaryLines lines(frame, lattice_step, regimes);
  lines.find_between_regions();
  PhaseDiagram diagram = classified(frame, lines.found(), regimes);
  const auto is_shown = [&](const PlanePoint& point) { return shown_regime(diagram, point) == regimes.at(point); };
  // Lines on which the regime differs although it is the same on both sides.
  for (const PlanePoint& point : lines.simple_lattice()) {
    if (!is_shown(point) && lines.add_through(point)) diagram = classified(frame, lines.found(), regimes);
  }
  diagram.confirmed =
      std::ranges::all_of(lines.simple_lattice(), is_shown) && std::ranges::all_of(lines.general_lattice(), is_shown);
  return diagram;
}

}  // namespace tpc::passes
