#include "driver/report/plot/width_panels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "driver/report/measures.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

using svg::Axis;
using svg::Panel;
using svg::Point;

Axis width_axis(const std::string& width_name, const std::vector<ComparedWidth>& widths) {
  Axis x = {"width " + width_name, 1.0, 1.0, true, {}};
  for (const ComparedWidth& compared : widths) x.ticks.push_back(static_cast<double>(compared.difference.width));
  x.minimum = x.ticks.front() / 1.5;
  x.maximum = x.ticks.back() * 1.5;
  return x;
}

/// The guide n^{-1/2}, a little above the first point, and the fitted line.
void draw_lines(Panel& panel, const Axis& x, const Axis& y, double start, const std::optional<PowerFit>& fit) {
  const auto guide = [&](double n) { return 1.35 * start * std::pow(n / x.ticks.front(), expected_exponent); };
  panel.curve({{x.minimum, guide(x.minimum)}, {x.maximum, guide(x.maximum)}}, {"#888888", 1.4, true, 1.0});
  const double middle = std::sqrt(x.minimum * x.maximum) * 1.15;
  panel.note({middle, guide(middle) * 1.12}, "n^(-1/2)", "#666666");
  if (!fit) return;
  const auto line = [&](double n) { return std::exp(fit->intercept + fit->exponent * std::log(n)); };
  panel.curve({{x.minimum, line(x.minimum)}, {x.maximum, line(x.maximum)}}, {"#000000", 1.2, false, 1.0});
  const std::string error = std::isnan(fit->error) ? "" : fmt::format(" ± {:.2f}", fit->error);
  panel.note({x.minimum * 1.1, y.minimum * 1.25}, fmt::format("fitted: n^({:.2f}{})", fit->exponent, error), "#000000");
}

FinalValues::Value last_of(const Curve& curve) {
  if (curve.middle.empty()) return {std::numeric_limits<double>::quiet_NaN(), 0.0};
  return {curve.middle.back().y, 0.5 * (curve.upper.back().y - curve.middle.back().y)};
}

FinalValues::Value percent_exact(const Trajectory& run, const std::string& analogies) {
  const auto exact = exact_answers(analogies, run);
  if (!exact) return {std::numeric_limits<double>::quiet_NaN(), 0.0};
  return {100.0 * exact->share, std::isnan(exact->error) ? 0.0 : 100.0 * exact->error};
}

}  // namespace

std::string distance_panel(Panel::Place place, const std::string& title, const std::string& width_name,
                           const std::vector<ComparedWidth>& widths, const std::optional<PowerFit>& fit) {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = 0.0;
  const Axis x = width_axis(width_name, widths);
  for (const ComparedWidth& compared : widths) {
    lowest = std::min(lowest, compared.difference.mean);
    highest = std::max(highest, compared.difference.mean);
  }
  if (!(lowest > 0.0)) lowest = highest > 0.0 ? 0.1 * highest : 1e-3;
  const Axis y = {"", lowest / 2.0, std::max(highest, lowest) * 2.0, true, {}};
  Panel panel(place, title, x, y);
  draw_lines(panel, x, y, std::max(widths.front().difference.mean, lowest), fit);
  for (size_t i = 0; i < widths.size(); ++i) {
    const WidthDifference& difference = widths[i].difference;
    const Point point = {static_cast<double>(difference.width), difference.mean};
    panel.error_bar(point, 2.0 * difference.error, svg::color(i));
    panel.markers({point}, svg::color(i));
  }
  return panel.text();
}

std::optional<FinalValues> final_values(const TrainingPlan& plan, const CurveChoice& choice, const Trajectory& limit,
                                        const std::vector<ComparedWidth>& widths) {
  FinalValues values;
  const auto take = [&](const std::string& title, const auto& value_of) {
    values.title = title;
    for (const ComparedWidth& width : widths) values.widths.push_back(value_of(width.mean));
    values.limit = value_of(limit);
    return values;
  };
  for (const ObservedVectors& observed : plan.vectors) {
    if (observed.kind != sema::NamedVectors::Kind::analogies) continue;
    return take("exact answers to analogies, %",
                [&](const Trajectory& run) { return percent_exact(run, observed.name); });
  }
  if (choice.has_accuracy()) {
    return take(choice.accuracy_title(limit), [&](const Trajectory& run) { return last_of(choice.accuracy(run)); });
  }
  if (!choice.has_measure()) return {};
  return take(choice.measure_title(limit), [&](const Trajectory& run) { return last_of(choice.measure(run)); });
}

std::string value_panel(Panel::Place place, const std::string& title, const std::string& width_name,
                        const std::vector<ComparedWidth>& widths, const FinalValues& values) {
  const Axis x = width_axis(width_name, widths);
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  const auto include = [&](const FinalValues::Value& each) {
    lowest = std::min(lowest, each.value - 2.0 * each.error);
    highest = std::max(highest, each.value + 2.0 * each.error);
  };
  std::ranges::for_each(values.widths, include);
  include(values.limit);
  if (!(lowest <= highest)) lowest = 0.0, highest = 1.0;
  const double room = highest > lowest ? 0.08 * (highest - lowest) : 1.0;
  Panel panel(place, title, x, {"", lowest - room, highest + room, false, {}});
  const auto line = [&](double y) { return std::vector<Point>{{x.minimum, y}, {x.maximum, y}}; };
  const auto [middle, error] = values.limit;
  if (error > 0.0) panel.band(line(middle - 2.0 * error), line(middle + 2.0 * error), "#000000");
  panel.curve(line(middle), {"#000000", 2.4, false, 1.0});
  for (size_t i = 0; i < widths.size(); ++i) {
    const Point point = {static_cast<double>(widths[i].difference.width), values.widths[i].value};
    panel.error_bar(point, 2.0 * values.widths[i].error, svg::color(i));
    panel.markers({point}, svg::color(i));
  }
  return panel.text();
}

}  // namespace tpc::driver
