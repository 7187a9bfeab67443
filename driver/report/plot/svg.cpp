#include "driver/report/plot/svg.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "driver/report/plot/label_placement.h"

#include "fmt/format.h"

namespace tpc::driver::svg {
namespace {

constexpr auto grid_color = "#e4e4e4";
constexpr auto frame_color = "#555555";
/// What a page calls a colour of ours, to paint it in its own (page.css); empty: nothing.
std::string paint_name(const std::string& color) {
  if (color == "#000000") return "ink";
  if (color == "#888888" || color == "#666666" || color == "#999999") return "muted";
  if (color == grid_color) return "grid";
  if (color == frame_color) return "frame";
  for (size_t i = 0; i < palette_size; ++i) {
    if (color == svg::color(i)) return std::to_string(i);
  }
  return "";
}

}  // namespace

std::string paint(const std::string& property, const std::string& color) {
  const std::string name = paint_name(color);
  return fmt::format("{0}=\"{1}\"{2}", property, color,
                     name.empty() ? "" : fmt::format(" class=\"{}-{}\"", property, name));
}

namespace {

double axis_position(const Axis& axis, double value) {
  if (axis.logarithmic) {
    return (std::log(value) - std::log(axis.minimum)) / (std::log(axis.maximum) - std::log(axis.minimum));
  }
  return (value - axis.minimum) / (axis.maximum - axis.minimum);
}

std::vector<double> axis_ticks(const Axis& axis) {
  if (!axis.ticks.empty()) return axis.ticks;
  return axis.logarithmic ? logarithmic_ticks(axis.minimum, axis.maximum) : round_ticks(axis.minimum, axis.maximum, 5);
}

std::string text_element(double x, double y, const std::string& anchor, const std::string& text,
                         const std::string& attributes = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" {}>{}</text>\n", x, y, anchor, attributes,
                     escape(text));
}

/// Code points of a UTF-8 text.
double letters(const std::string& text) {
  return static_cast<double>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string line_element(double x1, double y1, double x2, double y2, const std::string& color, double width) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {} stroke-width=\"{:g}\"/>\n", x1,
                     y1, x2, y2, paint("stroke", color), width);
}

}  // namespace

Panel::Panel(Place place, std::string title, Axis x, Axis y)
    : place_(place), title_(std::move(title)), x_(std::move(x)), y_(std::move(y)) {}

void Panel::curve(const std::vector<Point>& points, const Stroke& stroke) {
  body_ += fmt::format(
      "<polyline points=\"{}\" fill=\"none\" {} stroke-width=\"{:g}\" stroke-opacity=\"{:g}\" "
      "stroke-linejoin=\"round\"{}/>\n",
      coordinates(points), paint("stroke", stroke.color), stroke.width, stroke.opacity,
      stroke.dashed ? " stroke-dasharray=\"6 4\"" : "");
}

void Panel::band(const std::vector<Point>& lower, const std::vector<Point>& upper, const std::string& color) {
  std::vector<Point> outline = lower;
  outline.insert(outline.end(), upper.rbegin(), upper.rend());
  body_ += fmt::format("<polygon points=\"{}\" {} fill-opacity=\"0.18\" stroke=\"none\"/>\n", coordinates(outline),
                       paint("fill", color));
}

void Panel::markers(const std::vector<Point>& points, const std::string& color, double radius, Marker marker) {
  for (const Point& point : points) {
    body_ += marker_element(horizontal(point.x), vertical(point.y), radius, marker, color);
  }
}

void Panel::labels(const std::vector<Point>& points, const std::vector<std::string>& names) {
  constexpr double letter_width = 6.4, line_height = 12.0, to_baseline = 9.5;  // of font size 11
  std::vector<LabelledPoint> wanted;
  for (size_t i = 0; i < points.size(); ++i) {
    wanted.push_back({horizontal(points[i].x), vertical(points[i].y), letter_width * letters(names[i]), line_height});
  }
  const std::vector<Box> boxes = place_labels(wanted, {place_.left, place_.top, place_.width, place_.height});
  for (size_t i = 0; i < boxes.size(); ++i) {
    body_ += text_element(boxes[i].left + boxes[i].width / 2.0, boxes[i].top + to_baseline, "middle", names[i],
                          "font-size=\"11\"");
  }
}

void Panel::error_bar(Point center, double error, const std::string& color) {
  if (!(error > 0.0)) return;
  const double lowest = y_.logarithmic ? std::max(center.y - error, y_.minimum) : center.y - error;
  body_ += line_element(horizontal(center.x), vertical(lowest), horizontal(center.x), vertical(center.y + error), color,
                        1.6);
}

void Panel::note(Point where, const std::string& text, const std::string& color) {
  body_ += text_element(horizontal(where.x), vertical(where.y), "start", text, paint("fill", color));
}

std::string Panel::text() const {
  // A nested <svg> clips to the plot area; the axes around it are drawn outside.
  return axes() +
         fmt::format(
             "<svg x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" height=\"{3:.1f}\" "
             "viewBox=\"{0:.1f} {1:.1f} {2:.1f} {3:.1f}\">\n",
             place_.left, place_.top, place_.width, place_.height) +
         body_ + "</svg>\n";
}

double Panel::horizontal(double x) const { return place_.left + axis_position(x_, x) * place_.width; }
double Panel::vertical(double y) const { return place_.top + (1.0 - axis_position(y_, y)) * place_.height; }

std::string Panel::coordinates(const std::vector<Point>& points) const {
  std::string text;
  for (const Point& point : points) {
    const double x = horizontal(point.x);
    const double y = vertical(point.y);
    if (std::isfinite(x) && std::isfinite(y)) text += fmt::format("{:.1f},{:.1f} ", x, y);
  }
  return text;
}

std::string Panel::axes() const {
  const double bottom = place_.top + place_.height;
  const double right = place_.left + place_.width;
  std::string text;
  for (double tick : axis_ticks(x_)) {
    text += line_element(horizontal(tick), place_.top, horizontal(tick), bottom, grid_color, 1.0);
    text += text_element(horizontal(tick), bottom + 18.0, "middle", tick_label(tick));
  }
  for (double tick : axis_ticks(y_)) {
    text += line_element(place_.left, vertical(tick), right, vertical(tick), grid_color, 1.0);
    text += text_element(place_.left - 7.0, vertical(tick) + 4.5, "end", tick_label(tick));
  }
  text += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"none\" {}/>\n",
                      place_.left, place_.top, place_.width, place_.height, paint("stroke", frame_color));
  text += text_element(place_.left + place_.width / 2.0, bottom + 38.0, "middle", x_.label);
  if (!title_.empty()) text += text_element(place_.left, place_.top - 12.0, "start", title_, "font-weight=\"bold\"");
  return text;
}

std::string marker_element(double x, double y, double radius, Marker marker, const std::string& color) {
  const std::string fill = paint("fill", color);
  switch (marker) {
    case Marker::circle:
      return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:g}\" {}/>\n", x, y, radius, fill);
    case Marker::square:
      return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:g}\" height=\"{:g}\" {}/>\n", x - radius,
                         y - radius, 2.0 * radius, 2.0 * radius, fill);
    case Marker::triangle: break;
  }
  return fmt::format("<path d=\"M{:.1f} {:.1f}l{:g} {:g}h{:g}z\" {}/>\n", x, y - 1.3 * radius, 1.3 * radius,
                     2.2 * radius, -2.6 * radius, fill);
}

std::string legend_line(double x, double y, const LegendEntry& entry) {
  constexpr double length = 26.0, radius = 4.0;
  std::string text =
      fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {} stroke-width=\"{:g}\"{}/>\n", x, y,
                  x + length, y, paint("stroke", entry.stroke.color), entry.stroke.width + 0.8,
                  entry.stroke.dashed ? " stroke-dasharray=\"6 4\"" : "");
  if (entry.marker) text += marker_element(x + length / 2.0, y, radius, *entry.marker, entry.stroke.color);
  return text;
}

Legend legend(double left, double top, double width, const std::vector<LegendEntry>& entries) {
  constexpr double line_height = 20.0, letter_width = 7.4;
  Legend result;
  double x = left;
  for (const LegendEntry& entry : entries) {
    const double own = 56.0 + letter_width * letters(entry.label);
    if (x > left && x + own - 23.0 > left + width) {
      x = left;
      result.height += line_height;
    }
    const double y = top + result.height;
    result.text += legend_line(x, y - 4.5, entry) + text_element(x + 33.0, y, "start", entry.label);
    x += own;
  }
  return result;
}

Remark remark(double left, double top, double width, const std::string& words) {
  constexpr double line_height = 15.0, letter_width = 5.9;  // of font size 11
  Remark result;
  std::string line;
  const auto end_line = [&] {
    result.text +=
        text_element(left, top + result.height, "start", line, "font-size=\"11\" " + paint("fill", "#666666"));
    line.clear();
  };
  for (size_t begin = 0; begin < words.size();) {
    const size_t end = std::min(words.find(' ', begin), words.size());
    const std::string word = words.substr(begin, end - begin);
    if (!line.empty() && letter_width * (letters(line) + 1.0 + letters(word)) > width) {
      end_line();
      result.height += line_height;
    }
    line += (line.empty() ? "" : " ") + word;
    begin = end + 1;
  }
  if (!line.empty()) end_line();
  return result;
}

std::string document(double width, double height, const std::string& title, const std::string& body) {
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:g}\" height=\"{1:g}\" viewBox=\"0 0 {0:g} {1:g}\" "
             "font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#222222\">\n"
             "<title>{2}</title>\n<rect width=\"{0:g}\" height=\"{1:g}\" fill=\"#ffffff\"/>\n",
             width, height, escape(title)) +
         body + "</svg>\n";
}

std::string inline_picture(double width, double height, const std::string& description, const std::string& body) {
  return fmt::format(
             "<svg class=\"plot\" role=\"img\" aria-label=\"{2}\" viewBox=\"0 0 {0:g} {1:g}\" font-size=\"13\">\n"
             "<title>{2}</title>\n",
             width, height, escape(description)) +
         body + "</svg>\n";
}

std::string page_panel(const std::string& description, const std::string& panel) {
  constexpr double right_of = 18.0, below = 48.0;
  return inline_picture(page_panel_place.left + page_panel_place.width + right_of,
                        page_panel_place.top + page_panel_place.height + below, description, panel);
}

std::vector<double> round_ticks(double minimum, double maximum, int count) {
  const double raw = (maximum - minimum) / count;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = power;
  for (double factor : {2.0, 5.0, 10.0}) {
    if (step < raw) step = factor * power;
  }
  std::vector<double> ticks;
  const double slack = step * 1e-9;
  for (double index = std::ceil((minimum - slack) / step); index * step <= maximum + slack; index += 1.0) {
    ticks.push_back(index * step);
  }
  return ticks;
}

std::vector<double> logarithmic_ticks(double minimum, double maximum) {
  const double decades = std::log10(maximum / minimum);
  std::vector<double> ticks;
  for (double exponent = std::floor(std::log10(minimum)); exponent <= std::log10(maximum) + 1.0; exponent += 1.0) {
    for (double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * std::pow(10.0, exponent);
      const bool wanted = factor == 1.0 || decades < 3.0;
      if (wanted && tick >= minimum * (1.0 - 1e-9) && tick <= maximum * (1.0 + 1e-9)) ticks.push_back(tick);
    }
  }
  return ticks;
}

const std::string& color(size_t index) {
  static const std::array<std::string, palette_size> palette = {"#E69F00", "#56B4E9", "#009E73",
                                                                "#D55E00", "#CC79A7", "#0072B2"};
  return palette[index % palette.size()];
}

std::string tick_label(double value) {
  std::string text = fmt::format("{:.6g}", std::abs(value) < 1e-12 ? 0.0 : value);
  for (size_t at = text.find('-'); at != std::string::npos; at = text.find('-', at + 1)) text.replace(at, 1, "−");
  return text;
}

std::string escape(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace tpc::driver::svg
