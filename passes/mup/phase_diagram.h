/// \file The regimes in a plane through the space of parametrizations, with their exact boundaries.
///
/// Exponents of a program are maxima of linear forms in its a, b, c (math.md section 4), so in a plane every condition
/// of section 2 changes along straight lines with rational coefficients. The lines are found between points of a
/// lattice whose regimes differ, exactly, by bisection; what they cut the plane into is classified piece by piece,
/// sides and corners too: stable nontrivial points are the boundary of the stable ones (Yang and Hu 2020, figure 2), so
/// features and kernels are sides and corners here.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "ir/core/rational.h"
#include "passes/width/classify.h"

namespace tpc::passes {

struct PlanePoint {
  ir::Rational x, y;
  friend bool operator==(const PlanePoint& a, const PlanePoint& b) = default;
  friend auto operator<=>(const PlanePoint& a, const PlanePoint& b) = default;
};

/// A rectangle of the plane.
struct PlaneFrame {
  PlanePoint least, most;
};

/// Convex, its corners in turn; a regime inside.
struct PhaseCell {
  std::vector<PlanePoint> corners;
  Regime regime = Regime::unstable;
};
struct PhaseSide {
  std::array<PlanePoint, 2> ends;
  Regime regime = Regime::unstable;
};
struct PhaseCorner {
  PlanePoint point;
  Regime regime = Regime::unstable;
};

struct PhaseDiagram {
  PlaneFrame frame;
  std::vector<PhaseCell> cells;
  std::vector<PhaseSide> sides;      ///< each once, those of the frame too
  std::vector<PhaseCorner> corners;  ///< each once
  /// Every point of the lattice has the regime of the piece it lies in. False: more than most_boundary_lines.
  bool confirmed = false;
};

inline constexpr size_t most_boundary_lines = 24;

/// `regime_at`: of a point of the plane. `lattice_step`: regions and sides that are no longer than this may be missed;
/// halves and quarters are where exponents of parametrizations change. Shown by
/// tests/unit/passes/phase_diagram_test.cpp against the theorem for networks of any depth.
PhaseDiagram phase_diagram(const PlaneFrame& frame, const ir::Rational& lattice_step,
                           const std::function<Regime(const PlanePoint&)>& regime_at);

/// The regime that the diagram shows at a point of its frame.
Regime shown_regime(const PhaseDiagram& diagram, const PlanePoint& point);

}  // namespace tpc::passes
