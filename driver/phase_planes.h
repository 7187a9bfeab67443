/// \file Planes through the space of parametrizations that contain the program's own, with the named parametrizations
/// that lie in them, classified (passes/mup/phase_diagram.h) as `tpc classify` would.
#pragma once

#include <string>
#include <vector>

#include "driver/compile.h"
#include "evaluation/training/monitor.h"
#include "passes/mup/phase_diagram.h"

namespace tpc::driver {

/// "mup" at a point of the plane, or "this program".
struct NamedPoint {
  std::string name;
  passes::PlanePoint point;
};

struct PhasePlane {
  std::string title;
  std::string x_label, y_label;
  std::vector<NamedPoint> points;  ///< the program itself first; those in one place joined: "mup, mfp"
  passes::PhaseDiagram diagram;
};

/// The regimes that a change of one weight's exponents by 1/4 leads to, of all members of a family at once.
struct ExponentChange {
  std::string weight;
  passes::Regime larger_start, smaller_start, larger_rate, smaller_rate;
};

struct PhaseSpace {
  std::vector<PhasePlane> planes;
  std::vector<ExponentChange> changes;
  std::string why_none;  ///< where there are none
};

/// Precondition: a classified compilation.
PhaseSpace phase_space(const Compilation& compilation, const Options& options, evaluation::Monitor& monitor);

}  // namespace tpc::driver
