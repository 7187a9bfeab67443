/// \file Pictures of measured points with error bars, joined by lines: sizes against the width, losses against what is
/// swept.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tpc::driver {

struct MeasuredPoint {
  double x = 0.0, y = 0.0;
  double error = 0.0;  ///< one standard error; 0 or nan: none
};

struct Series {
  std::string label;
  std::vector<MeasuredPoint> points;  ///< in the order of x
  std::optional<double> power;        ///< of x, that is predicted: a dashed guide from the first point
};

struct SeriesPanel {
  std::string title, x_label;
  bool logarithmic_x = false, logarithmic_y = false;
  std::vector<Series> series;  ///< those of one place have one colour in all panels
};

/// Panels side by side under a title and a legend. Points that are not finite, or not above 0 on a logarithmic axis,
/// are left out.
std::string series_picture(const std::string& title, const std::vector<SeriesPanel>& panels, const std::string& note);

}  // namespace tpc::driver
