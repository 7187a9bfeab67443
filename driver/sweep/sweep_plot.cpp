#include "driver/sweep/sweep_plot.h"

#include <algorithm>
#include <limits>

#include "driver/option_texts.h"
#include "driver/report/plot/series_panels.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

constexpr double wide = 8.0;  // values that span more are shown on a logarithmic axis
/// Losses that many times the median are as good as divergence, and would flatten all others.
constexpr double most_ratio = 1e4;

/// The setting along the horizontal axis; empty: nothing is swept but widths and parametrizations.
std::optional<size_t> horizontal_setting(const Options& options) {
  const auto longest =
      std::ranges::max_element(options.swept, {}, [](const SweptSetting& setting) { return setting.values.size(); });
  if (longest == options.swept.end()) return {};
  return static_cast<size_t>(longest - options.swept.begin());
}

double horizontal_value(const SweepPoint& point, const std::optional<size_t>& setting) {
  if (!setting) return 0.0;
  return number_from_text<double>(point.values[*setting]).value_or(std::numeric_limits<double>::quiet_NaN());
}

/// "momentum = 0.9, mup, width 64": all but the horizontal setting.
std::string curve_of(const Options& options, const SweepPoint& point, const std::optional<size_t>& setting) {
  std::string text;
  for (size_t i = 0; i < point.values.size(); ++i) {
    if (i != setting) text += fmt::format("{} = {}, ", options.swept[i].name, point.values[i]);
  }
  return text + group_of(point);
}

bool spans_decades(const std::vector<double>& values) {
  if (values.empty()) return false;
  const auto [least, most] = std::ranges::minmax(values);
  return least > 0.0 && most > wide * least;
}

void leave_out_the_largest(SeriesPanel& panel, std::vector<double>& values) {
  if (values.empty()) return;
  std::vector<double> sorted = values;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  const double most = most_ratio * std::max(0.0, *middle);
  if (most == 0.0) return;
  for (Series& series : panel.series) {
    std::erase_if(series.points, [&](const MeasuredPoint& point) { return point.y > most; });
  }
  std::erase_if(values, [&](double value) { return value > most; });
}

SeriesPanel panel_of(const SweepResult& sweep, const EndValue& column, const std::optional<size_t>& setting) {
  const Options& options = sweep.table.options;
  const double scale = column.kind == EndValue::Kind::accuracy ? 100.0 : 1.0;
  SeriesPanel panel;
  panel.title = "after training: " + heading_of(column) + (scale > 1.0 ? ", %" : "");
  panel.x_label = setting ? options.swept[*setting].name : "";
  std::vector<double> all_x, all_y;
  for (size_t i = 0; i < sweep.table.points.size(); ++i) {
    const SweepPoint& point = sweep.table.points[i];
    const std::string label = curve_of(options, point, setting);
    auto series = std::ranges::find(panel.series, label, &Series::label);
    if (series == panel.series.end()) series = panel.series.insert(series, {label, {}, {}});
    const auto& result = sweep.run.results[i];
    const EndValue* value = result ? find_value(*result, column) : nullptr;
    if (value == nullptr) continue;
    series->points.push_back({horizontal_value(point, setting), scale * value->value, scale * value->error});
    all_x.push_back(series->points.back().x);
    all_y.push_back(series->points.back().y);
  }
  if (scale == 1.0) leave_out_the_largest(panel, all_y);
  for (Series& series : panel.series) std::ranges::sort(series.points, {}, &MeasuredPoint::x);
  panel.logarithmic_x = spans_decades(all_x);
  panel.logarithmic_y = scale == 1.0 && spans_decades(all_y);
  return panel;
}

}  // namespace

std::string sweep_svg(const SweepResult& sweep) {
  const std::optional<size_t> setting = horizontal_setting(sweep.table.options);
  std::vector<SeriesPanel> panels;
  for (const EndValue& column : measured_columns(sweep)) panels.push_back(panel_of(sweep, column, setting));
  if (panels.empty()) panels.push_back(panel_of(sweep, {}, setting));
  return series_picture(
      sweep.model + ": after training", panels,
      "Bars: two standard errors; points that diverged, or nearly (10,000 times the median loss), are left out.");
}

}  // namespace tpc::driver
