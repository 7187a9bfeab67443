/// \file The picture of `tpc compare`: finite widths approaching the limit, and the distance against the width.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/session.h"
#include "evaluation/experiment/compare.h"

namespace tpc::driver {

/// Panels: the training loss, the accuracy on a held-out set (cross entropy only), one output of every network
/// (that which moves most in the limit), and the log-log plot of the distance with the slope n^{-1/2} beside it.
std::string comparison_svg(const Session& session, const Trajectory& limit, const std::vector<ComparedWidth>& widths,
                           const std::optional<PowerFit>& fit);

}  // namespace tpc::driver
