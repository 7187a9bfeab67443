#include "driver/report/plot/series_panels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "driver/report/plot/svg.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

using svg::Axis;

constexpr double page_margin = 62.0, series_width = 360.0, series_height = 270.0, series_distance = 435.0;
constexpr double series_legend_top = 52.0, least_page_width = 640.0;

svg::Marker marker(size_t index) { return static_cast<svg::Marker>(index / svg::palette_size % svg::marker_count); }

bool is_shown(const SeriesPanel& panel, const MeasuredPoint& point) {
  return std::isfinite(point.x) && std::isfinite(point.y) && (!panel.logarithmic_x || point.x > 0.0) &&
         (!panel.logarithmic_y || point.y > 0.0);
}

double half_bar(const MeasuredPoint& point) { return point.error > 0.0 ? 2.0 * point.error : 0.0; }

/// The least and the largest of what is shown.
struct Range {
  double least = std::numeric_limits<double>::infinity(), most = -least;

  void include(double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

Axis padded(const std::string& label, Range range, bool logarithmic, const std::vector<double>& ticks) {
  if (!(range.least <= range.most)) return {label, logarithmic ? 0.1 : 0.0, 1.0, logarithmic, {}};
  if (logarithmic) {
    const double room = std::max(1.15, std::pow(range.most / range.least, 0.06));
    return {label, range.least / room, range.most * room, true, ticks};
  }
  const double length = range.most - range.least;
  const double room = length > 0.0 ? 0.06 * length : 0.5 * std::max(1e-6, std::abs(range.most));
  return {label, range.least - room, range.most + room, false, ticks};
}

/// The axes around all points; bars below a logarithmic axis are cut off.
std::pair<Axis, Axis> axes_of(const SeriesPanel& panel) {
  Range x, y;
  for (const Series& series : panel.series) {
    for (const MeasuredPoint& point : series.points) {
      if (!is_shown(panel, point)) continue;
      x.include(point.x);
      y.include(point.y + half_bar(point));
      y.include(panel.logarithmic_y ? point.y : point.y - half_bar(point));
    }
  }
  return {padded(panel.x_label, x, panel.logarithmic_x, panel.x_ticks), padded("", y, panel.logarithmic_y, {})};
}

}  // namespace

std::vector<svg::LegendEntry> series_legend(const std::vector<Series>& series) {
  std::vector<svg::LegendEntry> entries;
  for (size_t i = 0; i < series.size(); ++i) {
    entries.push_back({series[i].label, {svg::color(i), 1.8, false, 1.0}, marker(i)});
  }
  return entries;
}

std::string series_panel(const SeriesPanel& content, svg::Panel::Place place) {
  const auto [x, y] = axes_of(content);
  svg::Panel panel(place, content.title, x, y);
  for (size_t i = 0; i < content.series.size(); ++i) {
    std::vector<svg::Point> points;
    for (const MeasuredPoint& point : content.series[i].points) {
      if (!is_shown(content, point)) continue;
      points.push_back({point.x, point.y});
      panel.error_bar(points.back(), half_bar(point), svg::color(i));
    }
    if (points.empty()) continue;
    if (const auto& power = content.series[i].power) {
      const auto guide = [&](double at) { return points.front().y * std::pow(at / points.front().x, *power); };
      panel.curve({{x.minimum, guide(x.minimum)}, {x.maximum, guide(x.maximum)}}, {svg::color(i), 1.2, true, 0.8});
    }
    panel.curve(points, {svg::color(i), 1.8, false, 1.0});
    panel.markers(points, svg::color(i), 3.5, marker(i));
  }
  return panel.text();
}

std::string series_picture(const std::string& title, const std::vector<SeriesPanel>& panels, const std::string& note) {
  const double of_panels = page_margin + series_distance * static_cast<double>(panels.size()) - 45.0;
  const double width = std::max(of_panels, least_page_width);
  const svg::Legend legend =
      svg::legend(page_margin, series_legend_top, width - page_margin, series_legend(panels.front().series));
  std::string body = fmt::format("<text x=\"{:g}\" y=\"28\" font-size=\"16\" font-weight=\"bold\">{}</text>\n",
                                 page_margin, svg::escape(title)) +
                     legend.text;
  const double top = series_legend_top + legend.height + 40.0;
  for (size_t i = 0; i < panels.size(); ++i) {
    body += series_panel(panels[i],
                         {page_margin + series_distance * static_cast<double>(i), top, series_width, series_height});
  }
  const svg::Remark remark = svg::remark(page_margin, top + series_height + 61.0, width - page_margin - 10.0, note);
  const double height = top + series_height + 75.0 + remark.height;
  body += remark.text;
  return svg::document(width, height, title, body);
}

}  // namespace tpc::driver
