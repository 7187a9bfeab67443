/// \file The picture of `tpc compare --coords`.
#pragma once

#include <string>
#include <vector>

#include "driver/report/plot/compare_plot.h"
#include "driver/session.h"
#include "evaluation/experiment/coordinate_check.h"

namespace tpc::driver {

/// At the last recorded step: sizes of all values against the width, and their changes since initialisation, with what
/// is predicted as dashed lines. Of very many values those that disagree, then the first.
std::string coordinate_svg(const Session& session, const CoordinateCheck& check);

/// The same for a web page. Precondition: something was recorded.
struct CoordinatePictures {
  std::vector<svg::LegendEntry> legend;
  std::vector<PagePicture> panels;
  size_t left_out = 0;  ///< values
};
CoordinatePictures coordinate_pictures(const Session& session, const CoordinateCheck& check);

}  // namespace tpc::driver
