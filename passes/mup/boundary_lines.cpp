#include "passes/mup/boundary_lines.h"

#include <algorithm>
#include <array>

namespace tpc::passes {

using ir::Rational;

namespace {

const Rational half(1, 2);

/// floor of a rational, by its decimal value corrected to be exact.
int64_t floor_of(const Rational& value) {
  auto whole = static_cast<int64_t>(value.value());
  while (Rational(whole) > value) --whole;
  while (Rational(whole + 1) <= value) ++whole;
  return whole;
}

/// The line through two points.
BoundaryLine line_through(const PlanePoint& a, const PlanePoint& b) {
  const Rational p = b.y - a.y, q = a.x - b.x;
  return {p, q, p * a.x + q * a.y};
}

}  // namespace

Rational simplest_between(const Rational& least, const Rational& most) {  // NOLINT(misc-no-recursion): as Euclid's
  const Rational whole(floor_of(least));
  if (whole == least) return least;
  if (whole + Rational(1) <= most) return whole + Rational(1);
  const Rational one(1);
  return whole + one / simplest_between(one / (most - whole), one / (least - whole));
}

Regime RegimesOfPoints::at(const PlanePoint& point) {
  const auto known = known_.find(point);
  if (known != known_.end()) return known->second;
  return known_[point] = regime_at_(point);
}

BoundaryLines::BoundaryLines(const PlaneFrame& frame, const Rational& lattice_step, RegimesOfPoints& regimes)
    : frame_(frame), step_(lattice_step), regimes_(regimes) {}

std::vector<PlanePoint> BoundaryLines::lattice(const PlanePoint& offset) const {
  std::vector<PlanePoint> points;
  for (Rational y = frame_.least.y + offset.y; y <= frame_.most.y; y += step_) {
    for (Rational x = frame_.least.x + offset.x; x <= frame_.most.x; x += step_) points.push_back({x, y});
  }
  return points;
}

/// No p x + q y with p, q of at most 3 in size is a multiple of the step at these points.
std::vector<PlanePoint> BoundaryLines::general_lattice() const {
  return lattice({step_ * Rational(1, 3), step_ * Rational(1, 5)});
}

bool BoundaryLines::is_separated(const PlanePoint& a, const PlanePoint& b) const {
  return std::ranges::any_of(
      found_, [&](const BoundaryLine& line) { return line.value(a).sign() * line.value(b).sign() <= 0; });
}

void BoundaryLines::find_between_regions() {
  const std::vector<PlanePoint> points = general_lattice();
  for (const PlanePoint& point : points) {
    for (const PlanePoint& next : {PlanePoint{point.x + step_, point.y}, PlanePoint{point.x, point.y + step_}}) {
      if (next.x > frame_.most.x || next.y > frame_.most.y) continue;
      explain(point, next);
    }
  }
}

/// Adds the lines between two points until some line separates every change on the way.
void BoundaryLines::explain(const PlanePoint& from, const PlanePoint& to) {
  if (regimes_.at(from) == regimes_.at(to) || is_separated(from, to) || found_.size() >= most_boundary_lines) return;
  const auto change = change_between(from, to);
  if (!change) return;
  // The same change a little beside it gives the line's direction.
  for (const int64_t nearness : {15, 240}) {
    const bool horizontal = from.y == to.y;
    for (const int64_t sign : {1, -1}) {
      const Rational shift = step_ * Rational(sign, nearness), reach = step_ * Rational(4, nearness);
      const PlanePoint beside =
          horizontal ? PlanePoint{change->x, change->y + shift} : PlanePoint{change->x + shift, change->y};
      const PlanePoint before =
          horizontal ? PlanePoint{beside.x - reach, beside.y} : PlanePoint{beside.x, beside.y - reach};
      const PlanePoint after =
          horizontal ? PlanePoint{beside.x + reach, beside.y} : PlanePoint{beside.x, beside.y + reach};
      if (regimes_.at(before) == regimes_.at(after)) continue;
      const auto other = change_between(before, after);
      if (!other) continue;
      found_.push_back(line_through(*change, *other));
      return;
    }
  }
}

/// Where the regime of `from` ends on the way to `to`: a point with a simple coordinate. Precondition: the way is along
/// an axis, and the regimes at its ends differ.
std::optional<PlanePoint> BoundaryLines::change_between(PlanePoint from, PlanePoint to) {
  const Regime start = regimes_.at(from);
  Rational PlanePoint::* along = from.y == to.y ? &PlanePoint::x : &PlanePoint::y;
  constexpr int halvings = 22;  // denominators up to a thousand are told apart
  for (int i = 0; i < halvings; ++i) {
    PlanePoint middle = from;
    middle.*along = (from.*along + to.*along) * half;
    (regimes_.at(middle) == start ? from : to) = middle;
  }
  PlanePoint change = from;
  change.*along = simplest_between(std::min(from.*along, to.*along), std::max(from.*along, to.*along));
  constexpr int64_t most_denominator = 1024;
  return (change.*along).denominator() <= most_denominator ? std::optional(change) : std::nullopt;
}

bool BoundaryLines::add_through(const PlanePoint& point) {
  constexpr std::array<std::array<int64_t, 2>, 8> directions = {
      {{1, 0}, {0, 1}, {1, 1}, {1, -1}, {2, 1}, {2, -1}, {1, 2}, {1, -2}}};
  if (found_.size() >= most_boundary_lines) return false;
  const Regime regime = regimes_.at(point);
  for (const auto& [dx, dy] : directions) {
    const Rational reach = step_ * Rational(1, 16);
    const auto along = [&](int64_t sign) {
      return PlanePoint{point.x + reach * Rational(sign * dx), point.y + reach * Rational(sign * dy)};
    };
    const auto inside = [&](const PlanePoint& p) {
      return frame_.least.x <= p.x && p.x <= frame_.most.x && frame_.least.y <= p.y && p.y <= frame_.most.y;
    };
    const bool goes_on = (inside(along(1)) && regimes_.at(along(1)) == regime) ||
                         (inside(along(-1)) && regimes_.at(along(-1)) == regime);
    if (!goes_on) continue;
    found_.push_back(line_through(point, along(1)));
    return true;
  }
  return false;
}

}  // namespace tpc::passes
