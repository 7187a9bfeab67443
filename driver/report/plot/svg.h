/// \file A small writer of line plots as SVG: panels with axes, curves, bands, markers and a legend.
#pragma once

#include <optional>
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

/// What tells series of one colour apart.
enum class Marker { circle, square, triangle };
inline constexpr size_t marker_count = 3;
/// Its picture around a point, in pixels.
std::string marker_element(double x, double y, double radius, Marker marker, const std::string& color);

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
  void markers(const std::vector<Point>& points, const std::string& color, double radius = 4.5,
               Marker marker = Marker::circle);
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

/// One entry of a legend, drawn as a short line in its stroke, perhaps with a marker.
struct LegendEntry {
  std::string label;
  Stroke stroke;
  std::optional<Marker> marker = {};
};
/// The line of an entry, from x on.
std::string legend_line(double x, double y, const LegendEntry& entry);

/// A remark in small letters, in lines no longer than `width`, the first at `top`.
struct Remark {
  std::string text;
  double height = 0.0;  ///< of all lines but the first
};
Remark remark(double left, double top, double width, const std::string& words);

/// Entries in lines no longer than `width`.
struct Legend {
  std::string text;
  double height = 0.0;  ///< of all lines but the first
};
Legend legend(double left, double top, double width, const std::vector<LegendEntry>& entries);

/// The whole document on a white background.
std::string document(double width, double height, const std::string& title, const std::string& body);

/// A picture inside of a web page, as wide as its place there: on the page's background, in the page's colours.
std::string inline_picture(double width, double height, const std::string& description, const std::string& body);

/// A panel as such a picture, if it was drawn at this place: room for axes on its left and below it.
inline constexpr Panel::Place page_panel_place = {58.0, 10.0, 300.0, 220.0};
std::string page_panel(const std::string& description, const std::string& panel);

/// The attributes that paint with a colour; `property`: "fill" or "stroke". Colours of ours have a class too, by which
/// a page paints them for a dark background (report/page/assets/page.css).
std::string paint(const std::string& property, const std::string& color);

/// Round tick values inside [minimum, maximum]: steps of 1, 2 or 5 times a power of ten, about `count` of them.
std::vector<double> round_ticks(double minimum, double maximum, int count);
/// Inside a logarithmic axis: powers of ten times 1, 2 and 5, thinned out over many decades.
std::vector<double> logarithmic_ticks(double minimum, double maximum);

inline constexpr size_t palette_size = 6;
/// Okabe and Ito's palette for all kinds of colour vision (jfly.uni-koeln.de/color), without black.
const std::string& color(size_t index);

std::string escape(const std::string& text);

/// Six digits, with a minus sign instead of a hyphen.
std::string tick_label(double value);

}  // namespace tpc::driver::svg
