/// \file The lines along which the regime changes in a plane of parametrizations (phase_diagram.h).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "passes/mup/phase_diagram.h"

namespace tpc::passes {

/// The points with p x + q y = r.
struct BoundaryLine {
  ir::Rational p, q, r;
  /// Of which side of the line a point lies on the sign.
  [[nodiscard]] ir::Rational value(const PlanePoint& point) const { return p * point.x + q * point.y - r; }
};

/// Regimes of points, each found once.
class RegimesOfPoints {
 public:
  explicit RegimesOfPoints(const std::function<Regime(const PlanePoint&)>& regime_at) : regime_at_(regime_at) {}
  Regime at(const PlanePoint& point);

 private:
  const std::function<Regime(const PlanePoint&)>& regime_at_;
  std::map<PlanePoint, Regime> known_;
};

class BoundaryLines {
 public:
  BoundaryLines(const PlaneFrame& frame, const ir::Rational& lattice_step, RegimesOfPoints& regimes);

  /// Every line between two neighbours of the general lattice that no line found so far explains.
  void find_between_regions();
  /// A line through the point along which the point's regime goes on. False: there is none with small coefficients.
  bool add_through(const PlanePoint& point);

  [[nodiscard]] const std::vector<BoundaryLine>& found() const { return found_; }
  /// Multiples of the step, where boundaries run through; and points that lie on none with small coefficients.
  [[nodiscard]] std::vector<PlanePoint> simple_lattice() const { return lattice({}); }
  [[nodiscard]] std::vector<PlanePoint> general_lattice() const;

 private:
  [[nodiscard]] std::vector<PlanePoint> lattice(const PlanePoint& offset) const;
  void explain(const PlanePoint& from, const PlanePoint& to);
  [[nodiscard]] std::optional<PlanePoint> change_between(PlanePoint from, PlanePoint to);
  [[nodiscard]] bool is_separated(const PlanePoint& a, const PlanePoint& b) const;

  PlaneFrame frame_;
  ir::Rational step_;
  RegimesOfPoints& regimes_;
  std::vector<BoundaryLine> found_;
};

/// The fraction with the least denominator between the two, ends included. Precondition: least <= most.
ir::Rational simplest_between(const ir::Rational& least, const ir::Rational& most);

}  // namespace tpc::passes
