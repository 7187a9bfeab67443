#include "driver/compare_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "driver/svg.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

using svg::Axis;
using svg::Panel;
using svg::Point;
using svg::Stroke;

constexpr double page_width = 1260.0;
constexpr double page_height = 440.0;
constexpr double panel_top = 92.0;
constexpr double panel_height = 270.0;
const Stroke limit_stroke = {"#000000", 2.4, false};

/// A quantity over time, with two standard errors on each side.
struct Curve {
  std::vector<Point> middle, lower, upper;
  void add(double x, double value, double error) {
    const double half = std::isnan(error) ? 0.0 : 2.0 * error;
    middle.push_back({x, value});
    lower.push_back({x, value - half});
    upper.push_back({x, value + half});
  }
};

double error_at(const Estimates& estimates, size_t index) {
  return index < estimates.error.size() ? estimates.error[index] : std::numeric_limits<double>::quiet_NaN();
}

/// What the curve panels show of every run, and against what.
class CurveChoice {
 public:
  CurveChoice(const Session& session, const Trajectory& limit) : plan_(session.plan) {
    minibatch_ = plan_.batch < plan_.train->count;
    choose_quantity(limit);
  }

  [[nodiscard]] std::string time_label() const { return minibatch_ ? "epoch" : "step"; }
  [[nodiscard]] double time(double step) const {
    return minibatch_ ? step * static_cast<double>(plan_.batch) / static_cast<double>(plan_.train->count) : step;
  }
  [[nodiscard]] const std::string& title() const { return title_; }

  /// The training loss; that of minibatches averaged over stretches of steps, so that the differences between widths
  /// are not hidden by those between batches.
  [[nodiscard]] Curve loss(const Trajectory& run) const {
    const size_t count = run.loss.mean.size();
    const size_t stretch = minibatch_ ? std::max<size_t>(1, count / 40) : 1;
    Curve curve;
    for (size_t begin = 0; begin + stretch <= count; begin += stretch) {
      double value = 0.0;
      double error = 0.0;
      for (size_t step = begin; step < begin + stretch; ++step) {
        value += run.loss.mean[step] / static_cast<double>(stretch);
        error += error_at(run.loss, step) / static_cast<double>(stretch);
      }
      curve.add(time(static_cast<double>(begin) + static_cast<double>(stretch - 1) / 2.0), value, error);
    }
    return curve;
  }

  [[nodiscard]] Curve quantity(const Trajectory& run) const {
    const Estimates& values = by_accuracy_ ? run.accuracy[series_].values : run.outputs[series_].values;
    const double scale = by_accuracy_ ? 100.0 : 1.0;
    Curve curve;
    for (size_t i = 0; i < run.steps_recorded.size(); ++i) {
      const size_t index = i * numbers_ + offset_;
      curve.add(time(static_cast<double>(run.steps_recorded[i])), scale * values.mean[index],
                scale * error_at(values, index));
    }
    return curve;
  }

 private:
  /// Accuracy on the first set that is not trained on; without any, the output whose limit moves most.
  void choose_quantity(const Trajectory& limit) {
    for (size_t i = limit.accuracy.size(); i-- > 0;) {
      const bool held_out = limit.accuracy[i].name != plan_.train->name;
      if (!by_accuracy_ || held_out) series_ = i;
      by_accuracy_ = true;
    }
    if (by_accuracy_) {
      title_ = "accuracy on " + limit.accuracy[series_].name + ", %";
      return;
    }
    double largest = -1.0;
    for (size_t i = 0; i < limit.outputs.size(); ++i) {
      const RecordedSeries& series = limit.outputs[i];
      const auto numbers = static_cast<size_t>(series.shape[0] * series.shape[1]);
      const size_t last = series.values.mean.size() - numbers;
      for (size_t j = 0; j < numbers; ++j) {
        const double moved = std::abs(series.values.mean[last + j] - series.values.mean[j]);
        if (moved <= largest) continue;
        largest = moved;
        series_ = i, offset_ = j, numbers_ = numbers;
        title_ = fmt::format("output on {}, example {}", series.name, j / static_cast<size_t>(series.shape[1]) + 1);
        if (series.shape[1] > 1) title_ += fmt::format(", output {}", j % static_cast<size_t>(series.shape[1]) + 1);
      }
    }
  }

  const TrainingPlan& plan_;
  bool minibatch_ = false;
  bool by_accuracy_ = false;
  size_t series_ = 0, offset_ = 0, numbers_ = 1;
  std::string title_;
};

/// Five percent of room around all values.
Axis axis_around(const std::string& label, const std::vector<Curve>& curves, double Point::* coordinate) {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -lowest;
  for (const Curve& curve : curves) {
    for (const auto* points : {&curve.lower, &curve.upper}) {
      for (const Point& point : *points) {
        if (!std::isfinite(point.*coordinate)) continue;
        lowest = std::min(lowest, point.*coordinate);
        highest = std::max(highest, point.*coordinate);
      }
    }
  }
  if (!(lowest <= highest)) return {label, 0.0, 1.0, false, {}};
  const double room = highest > lowest ? 0.05 * (highest - lowest) : 0.5 * std::max(1e-6, std::abs(lowest));
  return {label, lowest - room, highest + room, false, {}};
}

/// Curves of the widths first, the limit on top.
std::string curve_panel(Panel::Place place, const std::string& title, const std::string& time_label,
                        const std::vector<Curve>& widths, const Curve& limit) {
  std::vector<Curve> all = widths;
  all.push_back(limit);
  Panel panel(place, title, axis_around(time_label, all, &Point::x), axis_around("", all, &Point::y));
  for (size_t i = 0; i < widths.size(); ++i) {
    panel.band(widths[i].lower, widths[i].upper, svg::color(i));
    panel.curve(widths[i].middle, {svg::color(i), 1.8, false});
  }
  panel.band(limit.lower, limit.upper, limit_stroke.color);
  panel.curve(limit.middle, limit_stroke);
  return panel.text();
}

std::string distance_panel(Panel::Place place, const std::string& width_name, const std::vector<ComparedWidth>& widths,
                           const std::optional<PowerFit>& fit) {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = 0.0;
  std::vector<double> ticks;
  for (const ComparedWidth& compared : widths) {
    lowest = std::min(lowest, compared.difference.mean);
    highest = std::max(highest, compared.difference.mean);
    ticks.push_back(static_cast<double>(compared.difference.width));
  }
  std::sort(ticks.begin(), ticks.end());
  if (!(lowest > 0.0)) lowest = highest > 0.0 ? 0.1 * highest : 1e-3;
  const Axis x = {"width " + width_name, ticks.front() / 1.5, ticks.back() * 1.5, true, ticks};
  const Axis y = {"", lowest / 2.0, std::max(highest, lowest) * 2.0, true, {}};
  Panel panel(place, "rms distance to the limit", x, y);
  // The guide n^{-1/2} runs through the first width's distance, a little above the points.
  const double start = 1.35 * std::max(widths.front().difference.mean, lowest);
  const auto guide = [&](double n) { return start * std::pow(n / ticks.front(), expected_exponent); };
  panel.curve({{x.minimum, guide(x.minimum)}, {x.maximum, guide(x.maximum)}}, {"#888888", 1.4, true});
  if (fit) {
    const auto line = [&](double n) { return std::exp(fit->intercept + fit->exponent * std::log(n)); };
    panel.curve({{x.minimum, line(x.minimum)}, {x.maximum, line(x.maximum)}}, {"#000000", 1.2, false});
    const double middle = std::sqrt(x.minimum * x.maximum);
    const std::string error = std::isnan(fit->error) ? "" : fmt::format(" ± {:.2f}", fit->error);
    panel.note({x.minimum * 1.1, y.minimum * 1.25}, fmt::format("fitted: n^({:.2f}{})", fit->exponent, error),
               "#000000");
    panel.note({middle, guide(middle) * 1.12}, "n^(-1/2)", "#666666");
  }
  for (size_t i = 0; i < widths.size(); ++i) {
    const WidthDifference& difference = widths[i].difference;
    const Point point = {static_cast<double>(difference.width), difference.mean};
    panel.error_bar(point, 2.0 * difference.error, svg::color(i));
    panel.markers({point}, svg::color(i));
  }
  return panel.text();
}

std::string picture_legend(const std::string& width_name, const std::vector<ComparedWidth>& widths) {
  std::vector<svg::LegendEntry> entries;
  for (size_t i = 0; i < widths.size(); ++i) {
    entries.push_back({fmt::format("{} = {}", width_name, widths[i].difference.width), {svg::color(i), 1.8, false}});
  }
  entries.push_back({"infinite width", limit_stroke});
  return svg::legend(62.0, 52.0, entries);
}

}  // namespace

std::string comparison_svg(const Session& session, const Trajectory& limit, const std::vector<ComparedWidth>& widths,
                           const std::optional<PowerFit>& fit) {
  const CurveChoice choice(session, limit);
  std::vector<Curve> losses, quantities;
  for (const ComparedWidth& compared : widths) {
    losses.push_back(choice.loss(compared.mean));
    quantities.push_back(choice.quantity(compared.mean));
  }
  const auto place = [](double column) { return Panel::Place{62.0 + 415.0 * column, panel_top, 340.0, panel_height}; };
  const std::string title = fmt::format("{} ({}): finite widths approach the infinite-width limit",
                                        session.program().model, session.program().parametrization);
  std::string body =
      fmt::format("<text x=\"62\" y=\"28\" font-size=\"16\" font-weight=\"bold\">{}</text>\n", svg::escape(title));
  body += picture_legend(session.program().width, widths);
  body += curve_panel(place(0), "training loss", choice.time_label(), losses, choice.loss(limit));
  body += curve_panel(place(1), choice.title(), choice.time_label(), quantities, choice.quantity(limit));
  body += distance_panel(place(2), session.program().width, widths, fit);
  body += fmt::format(
      "<text x=\"62\" y=\"{:g}\" font-size=\"11\" fill=\"#666666\">Lines: means over networks; bands and "
      "bars: two standard errors.</text>\n",
      page_height - 14.0);
  return svg::document(page_width, page_height, title, body);
}

}  // namespace tpc::driver
