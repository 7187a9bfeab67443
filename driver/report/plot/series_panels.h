/// \file Pictures of measured points with error bars, joined by lines: sizes against the width, losses against what is
/// swept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/report/plot/svg.h"

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
  std::vector<double> x_ticks = {};  ///< empty: round numbers
  bool logarithmic_x = false, logarithmic_y = false;
  std::vector<Series> series = {};  ///< those of one place have one colour and marker in all panels
};

/// So many series have a colour and a marker of their own.
inline constexpr size_t most_distinct_series = 18;

std::vector<svg::LegendEntry> series_legend(const std::vector<Series>& series);

/// One panel at its place; its title above it, unless it is empty.
std::string series_panel(const SeriesPanel& content, svg::Panel::Place place);

/// Panels side by side under a title and a legend. Points that are not finite, or not above 0 on a logarithmic axis,
/// are left out.
std::string series_picture(const std::string& title, const std::vector<SeriesPanel>& panels, const std::string& note);

}  // namespace tpc::driver
