#include "driver/report/plot/compare_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "driver/report/plot/compare_curves.h"
#include "driver/report/plot/svg.h"
#include "driver/report/plot/width_panels.h"
#include "driver/report/plot/word_map.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

using svg::Axis;
using svg::Panel;
using svg::Point;
using svg::Stroke;

constexpr double left_margin = 62.0;
constexpr double legend_top = 52.0, first_panel_top = 92.0, legend_height = 24.0;
constexpr double panel_width = 340.0;
constexpr double panel_height = 250.0;
constexpr double column_distance = 415.0;
constexpr double row_distance = 345.0;
const Stroke limit_stroke = {"#000000", 2.4, false, 1.0};

/// Of what stands beside the limit, by its number; colours go on after those of the widths.
Stroke beside_stroke(size_t widths, size_t index) { return {svg::color(widths + index), 1.8, true, 1.0}; }

/// A curve and its number among what stands beside the limit: it may lack what a panel shows.
struct BesideCurve {
  size_t index = 0;
  Curve curve;
};

/// A panel's curves: those of every width, those beside, and the limit's, which is drawn on top.
struct CurvePanel {
  std::string title;
  std::vector<std::vector<Curve>> widths;  ///< by width, each one curve or more
  std::vector<BesideCurve> besides;
  Curve limit;
  bool bands = true;
  bool logarithmic_if_wide = false;  ///< a logarithmic axis where the limit's values span a factor of eight
  bool without_start = false;        ///< the axis need not show the first point
};

/// The range of all values, from time index `first` on.
Axis axis_around(const std::string& label, const CurvePanel& panel, double Point::* coordinate, size_t first) {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -lowest;
  const auto include = [&](const Curve& curve) {
    for (const auto* points : {&curve.lower, &curve.upper}) {
      for (size_t i = first; i < points->size(); ++i) {
        lowest = std::min(lowest, (*points)[i].*coordinate);
        highest = std::max(highest, (*points)[i].*coordinate);
      }
    }
  };
  include(panel.limit);
  for (const auto& curves : panel.widths) std::ranges::for_each(curves, include);
  std::ranges::for_each(panel.besides, include, &BesideCurve::curve);
  if (!(lowest <= highest)) return {label, 0.0, 1.0, false, {}};
  const double room = highest > lowest ? 0.05 * (highest - lowest) : 0.5 * std::max(1e-6, std::abs(lowest));
  return {label, lowest - room, highest + room, false, {}};
}

Axis value_axis(const CurvePanel& panel) {
  const size_t first = panel.without_start && panel.limit.middle.size() > 2 ? 1 : 0;
  Axis axis = axis_around("", panel, &Point::y, first);
  double lowest = std::numeric_limits<double>::infinity();
  double highest = 0.0;
  for (const Point& point : panel.limit.middle) {
    lowest = std::min(lowest, point.y);
    highest = std::max(highest, point.y);
  }
  if (panel.logarithmic_if_wide && lowest > 0.0 && highest > 8.0 * lowest) {
    axis.logarithmic = true;
    axis.minimum = lowest / 1.6;
    axis.maximum = std::max(highest, axis.maximum) * 1.2;
  }
  return axis;
}

/// A band that stays inside a logarithmic axis.
std::vector<Point> above(std::vector<Point> points, double minimum) {
  for (Point& point : points) point.y = std::max(point.y, minimum);
  return points;
}

/// `compared`: how many widths there are, whether or not this panel shows them.
std::string draw(const CurvePanel& content, size_t compared, Panel::Place place, const std::string& time_label) {
  const Axis values = value_axis(content);
  Panel panel(place, content.title, axis_around(time_label, content, &Point::x, 0), values);
  const auto band = [&](const Curve& curve, const std::string& color) {
    if (!content.bands) return;
    panel.band(values.logarithmic ? above(curve.lower, values.minimum) : curve.lower, curve.upper, color);
  };
  for (size_t i = 0; i < content.widths.size(); ++i) {
    const bool single = content.widths[i].size() == 1;
    for (const Curve& curve : content.widths[i]) {
      band(curve, svg::color(i));
      panel.curve(curve.middle, {svg::color(i), single ? 1.8 : 1.2, false, single ? 1.0 : 0.75});
    }
  }
  for (const auto& [index, curve] : content.besides) {
    const Stroke stroke = beside_stroke(compared, index);
    band(curve, stroke.color);
    panel.curve(curve.middle, stroke);
  }
  band(content.limit, limit_stroke.color);
  panel.curve(content.limit.middle, limit_stroke);
  return panel.text();
}

/// `of_output`: what the panel of one output says after its name.
std::vector<CurvePanel> curve_panels(const CurveChoice& choice, const Trajectory& limit,
                                     const std::vector<ComparedWidth>& widths, const std::vector<Beside>& besides,
                                     const std::string& of_output) {
  CurvePanel loss{"training loss", {}, {}, choice.loss(limit), true, true, false};
  CurvePanel accuracy, measure, output;
  if (choice.has_output()) {
    output = {choice.output_title(limit) + of_output, {}, {}, choice.output(limit), false, false, false};
  }
  if (choice.has_accuracy()) {
    accuracy = {choice.accuracy_title(limit), {}, {}, choice.accuracy(limit), true, false, true};
  }
  if (choice.has_measure()) measure = {choice.measure_title(limit), {}, {}, choice.measure(limit), true, true, false};
  for (const ComparedWidth& width : widths) {
    loss.widths.push_back({choice.loss(width.mean)});
    if (choice.has_accuracy()) accuracy.widths.push_back({choice.accuracy(width.mean)});
    if (choice.has_measure()) measure.widths.push_back({choice.measure(width.mean)});
    if (!choice.has_output()) continue;
    std::vector<Curve> single;
    for (const Trajectory& network : width.networks) single.push_back(choice.output(network));
    output.widths.push_back(std::move(single));
  }
  for (size_t i = 0; i < besides.size(); ++i) {
    const Trajectory& run = besides[i].trajectory;
    if (run.steps_recorded.empty()) continue;
    const CurveChoice own(besides[i].session->plan, run);
    loss.besides.push_back({i, own.loss(run)});
    const bool same_accuracy =
        choice.has_accuracy() && own.has_accuracy() && own.accuracy_title(run) == choice.accuracy_title(limit);
    if (same_accuracy) accuracy.besides.push_back({i, own.accuracy(run)});
    const bool same_measure =
        choice.has_measure() && own.has_measure() && own.measure_title(run) == choice.measure_title(limit);
    if (same_measure) measure.besides.push_back({i, own.measure(run)});
  }
  std::vector<CurvePanel> panels = {std::move(loss)};
  if (choice.has_accuracy()) panels.push_back(std::move(accuracy));
  if (choice.has_measure()) panels.push_back(std::move(measure));
  if (choice.has_output()) panels.push_back(std::move(output));
  return panels;
}

/// Panels side by side, and pictures of words below them, under a title and a legend.
class Page {
 public:
  /// `panels`: of curves. `entries`: of the legend.
  Page(const std::string& title, size_t panels, const std::vector<svg::LegendEntry>& entries)
      : title_(title), columns_(panels == 4 ? 2 : std::min<size_t>(panels, 3)) {
    width_ = left_margin + column_distance * static_cast<double>(columns_) - 45.0;
    const svg::Legend legend = svg::legend(left_margin, legend_top, width_ - left_margin, entries);
    body_ = fmt::format("<text x=\"{:g}\" y=\"28\" font-size=\"16\" font-weight=\"bold\">{}</text>\n", left_margin,
                        svg::escape(title)) +
            legend.text;
    top_ = first_panel_top + (entries.empty() ? -legend_height : legend.height);
    const size_t rows = (panels + columns_ - 1) / columns_;
    bottom_ = top_ + row_distance * static_cast<double>(rows - 1) + panel_height;
  }

  void add(const std::string& text) { body_ += text; }

  [[nodiscard]] Panel::Place place(size_t index) const {
    return {left_margin + column_distance * static_cast<double>(index % columns_),
            top_ + row_distance * static_cast<double>(index / columns_), panel_width, panel_height};
  }

  void add_word_maps(const std::vector<VectorResult>& results) {
    constexpr double map_width = 755.0, map_height = 560.0;
    for (const VectorResult& result : results) {
      if (result.observed.kind != sema::NamedVectors::Kind::pca) continue;
      body_ += word_map({left_margin, bottom_ + row_distance - panel_height, map_width, map_height}, result);
      bottom_ += row_distance - panel_height + map_height;
      width_ = std::max(width_, left_margin + map_width + 30.0);
    }
  }

  [[nodiscard]] std::string text(const std::string& note) const {
    const svg::Remark remark = svg::remark(left_margin, bottom_ + 61.0, width_ - left_margin - 10.0, note);
    return svg::document(width_, bottom_ + 75.0 + remark.height, title_, body_ + remark.text);
  }

 private:
  std::string title_, body_;
  size_t columns_;
  double top_ = 0.0, bottom_ = 0.0, width_ = 0.0;
};

}  // namespace

std::vector<svg::LegendEntry> comparison_legend(const std::string& width_name, const std::vector<ComparedWidth>& widths,
                                                const std::vector<Beside>& besides) {
  std::vector<svg::LegendEntry> entries;
  for (size_t i = 0; i < widths.size(); ++i) {
    entries.push_back(
        {fmt::format("{} = {}", width_name, widths[i].difference.width), {svg::color(i), 1.8, false, 1.0}});
  }
  entries.push_back({"infinite width", limit_stroke});
  for (size_t i = 0; i < besides.size(); ++i) {
    entries.push_back({besides[i].variant.name, beside_stroke(widths.size(), i)});
  }
  return entries;
}

std::vector<PagePicture> comparison_pictures(const Session& session, const Trajectory& limit,
                                             const std::vector<ComparedWidth>& widths,
                                             const std::optional<PowerFit>& fit) {
  const CurveChoice choice(session.plan, limit);
  const std::string& width_name = session.program().width;
  std::vector<PagePicture> pictures;
  const auto add = [&](const std::string& title, const std::string& panel) {
    pictures.push_back({title, svg::page_panel(title, panel)});
  };
  std::vector<CurvePanel> panels = curve_panels(choice, limit, widths, {}, ": every network");
  if (widths.empty() && choice.has_output()) panels.pop_back();
  for (CurvePanel& curves : panels) {
    const std::string title = std::exchange(curves.title, "");
    add(title, draw(curves, widths.size(), svg::page_panel_place, choice.time_label()));
  }
  if (widths.empty()) return pictures;
  if (choice.has_output()) {
    add("distance to the limit", distance_panel(svg::page_panel_place, "", width_name, widths, fit));
  } else if (const auto values = final_values(session.plan, choice, limit, widths)) {
    add("after training: " + values->title, value_panel(svg::page_panel_place, "", width_name, widths, *values));
  }
  return pictures;
}

std::string comparison_svg(const Session& session, const Trajectory& limit, const std::vector<ComparedWidth>& widths,
                           const std::optional<PowerFit>& fit, const std::vector<Beside>& besides) {
  const CurveChoice choice(session.plan, limit);
  const std::vector<CurvePanel> curves = curve_panels(choice, limit, widths, besides, ": every network");
  // The distance is that of outputs.
  const auto values = choice.has_output() ? std::nullopt : final_values(session.plan, choice, limit, widths);
  Page page(fmt::format("{} ({}): finite widths approach the infinite-width limit", session.program().model,
                        session.program().parametrization),
            curves.size() + (choice.has_output() || values ? 1 : 0),
            comparison_legend(session.program().width, widths, besides));
  for (size_t i = 0; i < curves.size(); ++i) {
    page.add(draw(curves[i], widths.size(), page.place(i), choice.time_label()));
  }
  if (choice.has_output()) {
    page.add(
        distance_panel(page.place(curves.size()), "rms distance to the limit", session.program().width, widths, fit));
  }
  if (values)
    page.add(value_panel(page.place(curves.size()), "after training: " + values->title, session.program().width, widths,
                         *values));
  page.add_word_maps(vector_results(session.plan, limit));
  return page.text("Lines: means over networks, where not said otherwise; bands and bars: two standard errors.");
}

std::string run_svg(const Session& session, const Trajectory& run, const std::string& what) {
  const CurveChoice choice(session.plan, run);
  const std::vector<CurvePanel> curves = curve_panels(choice, run, {}, {}, "");
  Page page(fmt::format("{} ({}) {}", session.program().model, session.program().parametrization, what), curves.size(),
            {});
  for (size_t i = 0; i < curves.size(); ++i) page.add(draw(curves[i], 0, page.place(i), choice.time_label()));
  page.add_word_maps(vector_results(session.plan, run));
  return page.text("Bands: two standard errors.");
}

}  // namespace tpc::driver
