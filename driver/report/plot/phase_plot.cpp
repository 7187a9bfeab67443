#include "driver/report/plot/phase_plot.h"

#include <algorithm>

#include "base/diag/check.h"
#include "driver/report/plot/label_placement.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

using passes::PhaseSide;
using passes::PlanePoint;
using passes::Regime;

constexpr svg::Panel::Place plot_place = {58.0, 14.0, 300.0, 260.0};
constexpr double picture_width = 376.0, picture_height = 322.0;

/// From exponents to pixels.
class Map {
 public:
  explicit Map(const passes::PlaneFrame& frame) : frame_(frame) {}
  [[nodiscard]] double x(const ir::Rational& value) const { return x(value.value()); }
  [[nodiscard]] double y(const ir::Rational& value) const { return y(value.value()); }
  [[nodiscard]] double x(double value) const {
    const double least = frame_.least.x.value(), most = frame_.most.x.value();
    return plot_place.left + plot_place.width * (value - least) / (most - least);
  }
  [[nodiscard]] double y(double value) const {
    const double least = frame_.least.y.value(), most = frame_.most.y.value();
    return plot_place.top + plot_place.height * (1.0 - (value - least) / (most - least));
  }

 private:
  const passes::PlaneFrame& frame_;
};

/// Colours of a page; alone, those of a light one.
std::string painted(const char* property, Regime regime) {
  const auto color = [&] {
    switch (regime) {
      case Regime::feature_learning: return "#009e73";
      case Regime::kernel: return "#0072b2";
      case Regime::trivial: return "#e3e6ea";
      case Regime::unstable: return "#f4d3bf";
    }
    internal_error(__FILE__, __LINE__, "no such regime");
  };
  return fmt::format("{0}=\"{1}\" class=\"{0}-{2}\"", property, color(), phase_class(regime));
}

std::string cells_text(const passes::PhaseDiagram& diagram, const Map& map) {
  std::string text;
  for (const passes::PhaseCell& cell : diagram.cells) {
    std::string points;
    for (const PlanePoint& corner : cell.corners)
      points += fmt::format("{:.1f},{:.1f} ", map.x(corner.x), map.y(corner.y));
    // With a stroke of its own colour there are no seams between the pieces of a region.
    text += fmt::format("<g {}><polygon points=\"{}\" {} stroke-width=\"1\"/></g>\n", painted("fill", cell.regime),
                        points, painted("stroke", cell.regime));
  }
  return text;
}

/// Whether the side looks like a region next to it: then there is nothing to draw.
bool is_inside_of_a_region(const passes::PhaseDiagram& diagram, const PhaseSide& side) {
  size_t alike = 0, beside = 0;
  for (const passes::PhaseCell& cell : diagram.cells) {
    const auto has = [&](const PlanePoint& end) { return std::ranges::find(cell.corners, end) != cell.corners.end(); };
    if (!has(side.ends[0]) || !has(side.ends[1])) continue;
    ++beside;
    alike += cell.regime == side.regime ? 1 : 0;
  }
  return alike == beside;
}

std::string sides_text(const passes::PhaseDiagram& diagram, const Map& map) {
  std::string text;
  for (const PhaseSide& side : diagram.sides) {
    if (is_inside_of_a_region(diagram, side)) continue;
    const bool own = side.regime == Regime::feature_learning || side.regime == Regime::kernel;
    text += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke-width=\"{}\" stroke-linecap=\"round\" "
        "{}/>\n",
        map.x(side.ends[0].x), map.y(side.ends[0].y), map.x(side.ends[1].x), map.y(side.ends[1].y), own ? 5 : 1,
        own ? painted("stroke", side.regime) : svg::paint("stroke", "#888888"));
  }
  for (const passes::PhaseCorner& corner : diagram.corners) {
    const bool own = corner.regime == Regime::feature_learning || corner.regime == Regime::kernel;
    if (!own) continue;
    text += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.4\" {}/>\n", map.x(corner.point.x),
                        map.y(corner.point.y), painted("fill", corner.regime));
  }
  return text;
}

std::string points_text(const PhasePlane& plane, const Map& map) {
  constexpr double letter_width = 7.3, line_height = 16.0, to_baseline = 12.0, radius = 5.0, gap = 14.0;
  std::vector<svg::LabelledPoint> wanted;
  std::string text;
  for (size_t i = 0; i < plane.points.size(); ++i) {
    const double x = map.x(plane.points[i].point.x), y = map.y(plane.points[i].point.y);
    wanted.push_back({x, y, gap + letter_width * static_cast<double>(plane.points[i].name.size()), line_height});
    text += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:g}\" fill=\"{}\" class=\"{} stroke-ink\" stroke=\"#000000\" "
        "stroke-width=\"2\"/>\n",
        x, y, radius, i == 0 ? "#000000" : "#ffffff", i == 0 ? "fill-ink" : "fill-page");
  }
  const std::vector<svg::Box> boxes =
      svg::place_labels(wanted, {plot_place.left, plot_place.top, plot_place.width, plot_place.height});
  for (size_t i = 0; i < boxes.size(); ++i) {
    text += fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" font-size=\"12\" class=\"halo\" {}>{}</text>\n",
        boxes[i].left + boxes[i].width / 2.0, boxes[i].top + to_baseline, i == 0 ? "font-weight=\"bold\"" : "",
        svg::escape(plane.points[i].name));
  }
  return text;
}

std::string description(const PhasePlane& plane) {
  return fmt::format("Regimes in the plane of {}; this program: {}", plane.title,
                     passes::regime_name(passes::shown_regime(plane.diagram, plane.points.front().point)));
}

}  // namespace

std::string phase_class(Regime regime) {
  return regime == Regime::feature_learning ? "feature" : std::string(passes::regime_name(regime));
}

std::vector<std::pair<Regime, std::string>> phase_legend() {
  return {{Regime::feature_learning, "feature learning"},
          {Regime::kernel, "kernel regime"},
          {Regime::trivial, "trivial: the output does not move"},
          {Regime::unstable, "unstable"}};
}

std::string phase_picture(const PhasePlane& plane) {
  const passes::PhaseDiagram& diagram = plane.diagram;
  const Map map(diagram.frame);
  const auto axis = [](const std::string& label, const ir::Rational& least, const ir::Rational& most) {
    return svg::Axis{label, least.value(), most.value(), false, {}};
  };
  const svg::Panel frame(plot_place, "", axis(plane.x_label, diagram.frame.least.x, diagram.frame.most.x),
                         axis("", diagram.frame.least.y, diagram.frame.most.y));
  const std::string y_label =
      fmt::format("<text transform=\"translate(14 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
                  plot_place.top + plot_place.height / 2.0, svg::escape(plane.y_label));
  return svg::inline_picture(
      picture_width, picture_height, description(plane),
      cells_text(diagram, map) + frame.text() + y_label + sides_text(diagram, map) + points_text(plane, map));
}

}  // namespace tpc::driver
