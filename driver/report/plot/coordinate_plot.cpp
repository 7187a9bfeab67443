#include "driver/report/plot/coordinate_plot.h"

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

}  // namespace

std::string coordinate_svg(const Session& session, const CoordinateCheck& check) {
  const size_t last = check.steps.size() - 1;
  const std::string width = "width " + session.program().width;
  SeriesPanel sizes{fmt::format("size after {} steps", check.steps[last]), width, true, true, {}};
  SeriesPanel changes{fmt::format("change in {} steps", check.steps[last]), width, true, true, {}};
  for (const CheckedValue& value : check.values) {
    sizes.series.push_back(series_of(value.name, value.value[last]));
    changes.series.push_back(series_of(value.name, value.change[last]));
  }
  return series_picture(fmt::format("{} ({}): powers of the width, measured and predicted", session.program().model,
                                    session.program().parametrization),
                        {sizes, changes},
                        "Root mean squares over coordinates, examples and networks, with two standard errors; dashed: "
                        "predicted powers, upper bounds for late steps.");
}

}  // namespace tpc::driver
