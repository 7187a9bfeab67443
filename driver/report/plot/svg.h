/// \file A small writer of line plots as SVG: panels with axes, curves, bands, markers and a legend.
#pragma once

#include <string>
#include <vector>

namespace tpc::driver::svg {

struct Point {
  double x = 0.0;
  double y = 0.0;
};

struct Axis {
  std::string label;
  double minimum = 0.0;
  double maximum = 1.0;
  bool logarithmic = false;
  std::vector<double> ticks;  ///< empty: round numbers (decades and their halves when logarithmic)
};

struct Stroke {
  std::string color = "#000000";
  double width = 1.8;
  bool dashed = false;
  double opacity = 1.0;
};

/// A plot area in a document, in pixels. Everything is clipped to it.
class Panel {
 public:
  struct Place {
    double left = 0.0, top = 0.0, width = 0.0, height = 0.0;
  };
  Panel(Place place, std::string title, Axis x, Axis y);

  /// Points with a coordinate that is not finite are left out.
  void curve(const std::vector<Point>& points, const Stroke& stroke);
  /// The area between two curves over the same x.
  void band(const std::vector<Point>& lower, const std::vector<Point>& upper, const std::string& color);
  void markers(const std::vector<Point>& points, const std::string& color, double radius = 4.5);
  void error_bar(Point center, double error, const std::string& color);
  /// A name beside each point, where there is room for it (label_placement.h).
  void labels(const std::vector<Point>& points, const std::vector<std::string>& names);
  /// A text at a point of the plot.
  void note(Point where, const std::string& text, const std::string& color);
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] double horizontal(double x) const;
  [[nodiscard]] double vertical(double y) const;
  [[nodiscard]] std::string coordinates(const std::vector<Point>& points) const;
  [[nodiscard]] std::string axes() const;

  Place place_;
  std::string title_;
  Axis x_, y_;
  std::string body_;
};

/// One entry of a legend, drawn as a short line in its stroke.
struct LegendEntry {
  std::string label;
  Stroke stroke;
};
std::string legend(double left, double top, const std::vector<LegendEntry>& entries);

/// The whole document on a white background.
std::string document(double width, double height, const std::string& title, const std::string& body);

/// Round tick values inside [minimum, maximum]: steps of 1, 2 or 5 times a power of ten, about `count` of them.
std::vector<double> round_ticks(double minimum, double maximum, int count);
/// Inside a logarithmic axis: powers of ten times 1, 2 and 5, thinned out over many decades.
std::vector<double> logarithmic_ticks(double minimum, double maximum);

/// Okabe and Ito's palette for all kinds of colour vision (jfly.uni-koeln.de/color), without black.
const std::string& color(size_t index);

std::string escape(const std::string& text);

}  // namespace tpc::driver::svg
