/// \file The picture of a plane of parametrizations: regions, sides and corners in the colours of their regimes.
#pragma once

#include <string>

#include "driver/phase_planes.h"
#include "driver/report/plot/svg.h"

namespace tpc::driver {

/// For a web page.
std::string phase_picture(const PhasePlane& plane);

/// What the colours and marks mean, the most interesting first.
std::vector<std::pair<passes::Regime, std::string>> phase_legend();

/// The class of a regime's colour: "feature", "kernel", "trivial", "unstable".
std::string phase_class(passes::Regime regime);

}  // namespace tpc::driver
