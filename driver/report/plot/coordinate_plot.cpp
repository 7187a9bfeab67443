#include "driver/report/plot/coordinate_plot.h"

#include <algorithm>

#include "driver/report/plot/series_panels.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

Series series_of(const std::string& name, const MeasuredSlope& measured) {
  Series series{name, {}, {}};
  for (const WidthDifference& size : measured.sizes) {
    series.points.push_back({static_cast<double>(size.width), size.mean, size.error});
  }
  if (measured.predicted && measured.predicted->finite()) series.power = measured.predicted->rational().value();
  return series;
}

/// As many as can be told apart, in the order of the program.
std::vector<const CheckedValue*> shown_values(const CoordinateCheck& check) {
  std::vector<const CheckedValue*> values;
  for (const CheckedValue& value : check.values) values.push_back(&value);
  const size_t last = check.steps.size() - 1;
  std::ranges::stable_partition(values, [&](const CheckedValue* value) {
    return value->value[last].disagrees() || value->change[last].disagrees();
  });
  values.resize(std::min(values.size(), most_distinct_series));
  std::ranges::sort(values);  // addresses in one list
  return values;
}

/// Sizes and changes.
std::vector<SeriesPanel> coordinate_panels(const Session& session, const CoordinateCheck& check) {
  const size_t last = check.steps.size() - 1;
  const std::string width = "width " + session.program().width;
  SeriesPanel sizes{fmt::format("size after {} steps", check.steps[last]), width, {}, true, true};
  SeriesPanel changes{fmt::format("change in {} steps", check.steps[last]), width, {}, true, true};
  for (const CheckedValue* value : shown_values(check)) {
    sizes.series.push_back(series_of(value->name, value->value[last]));
    changes.series.push_back(series_of(value->name, value->change[last]));
  }
  for (const WidthDifference& size : check.values.front().value[last].sizes) {
    sizes.x_ticks.push_back(static_cast<double>(size.width));
  }
  changes.x_ticks = sizes.x_ticks;
  return {std::move(sizes), std::move(changes)};
}

}  // namespace

std::string coordinate_svg(const Session& session, const CoordinateCheck& check) {
  const size_t left_out = check.values.size() - std::min(check.values.size(), most_distinct_series);
  return series_picture(
      fmt::format("{} ({}): powers of the width, measured and predicted", session.program().model,
                  session.program().parametrization),
      coordinate_panels(session, check),
      "Root mean squares over coordinates, examples and networks, with two standard errors; dashed: predicted powers, "
      "upper bounds for late steps." +
          (left_out > 0 ? fmt::format(" {} more values are not drawn.", left_out) : ""));
}

CoordinatePictures coordinate_pictures(const Session& session, const CoordinateCheck& check) {
  CoordinatePictures pictures;
  for (SeriesPanel& panel : coordinate_panels(session, check)) {
    if (pictures.panels.empty()) pictures.legend = series_legend(panel.series);
    const std::string title = std::exchange(panel.title, "");
    pictures.panels.push_back({title, svg::page_panel(title, series_panel(panel, svg::page_panel_place))});
  }
  pictures.left_out = check.values.size() - std::min(check.values.size(), most_distinct_series);
  return pictures;
}

}  // namespace tpc::driver
