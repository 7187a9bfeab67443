/// \file The pictures of `tpc compare` (finite widths approaching the limit, the distance against the width), and of
/// one run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/beside.h"
#include "driver/report/plot/svg.h"
#include "driver/session.h"
#include "evaluation/experiment/compare.h"

namespace tpc::driver {

/// Panels: the training loss, the accuracy on a held-out set (of classes only), a measured loss, one output of every
/// network (that which moves most in the limit), and the log-log plot of the distance with the slope n^{-1/2} beside
/// it; without recorded outputs, what was measured in the end against the width. `besides` are dashed, in the panels of
/// losses and accuracies. Below them the limit's pictures of words (word_map.h).
std::string comparison_svg(const Session& session, const Trajectory& limit, const std::vector<ComparedWidth>& widths,
                           const std::optional<PowerFit>& fit, const std::vector<Beside>& besides);

/// One panel as a picture inside of a web page.
struct PagePicture {
  std::string title, svg;
};
/// The panels of comparison_svg, without its words; of no widths those of the limit alone, without an output.
std::vector<PagePicture> comparison_pictures(const Session& session, const Trajectory& limit,
                                             const std::vector<ComparedWidth>& widths,
                                             const std::optional<PowerFit>& fit);
std::vector<svg::LegendEntry> comparison_legend(const std::string& width_name, const std::vector<ComparedWidth>& widths,
                                                const std::vector<Beside>& besides);

/// The same panels of one run, without others to compare it with. `what`: "at width 64".
std::string run_svg(const Session& session, const Trajectory& run, const std::string& what);

}  // namespace tpc::driver
