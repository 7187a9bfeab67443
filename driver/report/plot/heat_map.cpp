#include "driver/report/plot/heat_map.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "driver/report/plot/svg.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

struct Color {
  double red = 0.0, green = 0.0, blue = 0.0;
};

/// viridis (van der Walt and Smith) at every eighth, and ColorBrewer's RdBu turned round: both for all kinds of colour
/// vision.
constexpr std::array viridis = {Color{0x44, 0x01, 0x54}, Color{0x47, 0x2d, 0x7b}, Color{0x3b, 0x52, 0x8b},
                                Color{0x2c, 0x72, 0x8e}, Color{0x21, 0x91, 0x8c}, Color{0x28, 0xae, 0x80},
                                Color{0x5e, 0xc9, 0x62}, Color{0xad, 0xdc, 0x30}, Color{0xfd, 0xe7, 0x25}};
constexpr std::array blue_to_red = {Color{0x21, 0x66, 0xac}, Color{0x67, 0xa9, 0xcf}, Color{0xd1, 0xe5, 0xf0},
                                    Color{0xf7, 0xf7, 0xf7}, Color{0xfd, 0xdb, 0xc7}, Color{0xef, 0x8a, 0x62},
                                    Color{0xb2, 0x18, 0x2b}};
constexpr size_t levels = 41;

constexpr double map_left = 46.0, map_top = 10.0, map_size = 250.0;
constexpr double bar_left = map_left + map_size + 14.0, bar_width = 12.0, page_width = 376.0, page_height = 292.0;

template <size_t count>
std::string color_between(const std::array<Color, count>& anchors, double place) {
  const double at = place * static_cast<double>(count - 1);
  const size_t first = std::min(static_cast<size_t>(at), count - 2);
  const double share = at - static_cast<double>(first);
  const auto mix = [&](double Color::* part) {
    return static_cast<int>(std::lround((1.0 - share) * anchors[first].*part + share * anchors[first + 1].*part));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(&Color::red), mix(&Color::green), mix(&Color::blue));
}

std::string level_color(size_t level, const ColorScale& scale) {
  const double place = static_cast<double>(level) / static_cast<double>(levels - 1);
  return scale.diverging ? color_between(blue_to_red, place) : color_between(viridis, place);
}

size_t level_of(double value, const ColorScale& scale) {
  const double place = (value - scale.least) / (scale.most - scale.least);
  return static_cast<size_t>(std::lround(std::clamp(place, 0.0, 1.0) * static_cast<double>(levels - 1)));
}

/// All cells of a colour are one path, runs of a row one rectangle: a picture of n x n cells stays small.
std::string cells(const std::vector<double>& matrix, size_t count, const ColorScale& scale) {
  std::array<std::string, levels> paths;
  for (size_t row = 0; row < count; ++row) {
    for (size_t column = 0; column < count;) {
      const size_t level = level_of(matrix[row * count + column], scale), first = column;
      while (column < count && level_of(matrix[row * count + column], scale) == level) ++column;
      paths[level] += fmt::format("M{} {}h{}v1h-{}z", first, row, column - first, column - first);
    }
  }
  std::string text =
      fmt::format("<g transform=\"translate({:g} {:g}) scale({:.6g})\" shape-rendering=\"crispEdges\">\n", map_left,
                  map_top, map_size / static_cast<double>(count));
  for (size_t level = 0; level < levels; ++level) {
    if (!paths[level].empty())
      text += fmt::format("<path fill=\"{}\" d=\"{}\"/>\n", level_color(level, scale), paths[level]);
  }
  return text + "</g>\n";
}

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" font-size=\"12\">{}</text>\n", x, y, anchor,
                     svg::escape(text));
}

std::string group_lines(const RowGroups& groups, size_t count) {
  constexpr double least_height = 13.0;  // of a row of text
  constexpr size_t most_letters = 6;
  const double unit = map_size / static_cast<double>(count);
  std::string text;
  double at = 0.0, last_label = -least_height;
  for (const auto& [name, rows] : groups) {
    const double end = at + unit * static_cast<double>(rows), middle = (at + end) / 2.0;
    if (end < map_size - 1e-6) {
      const std::string line =
          "<path d=\"M{:.1f} {:.1f}h{:g}M{:.1f} {:.1f}v{:g}\" fill=\"none\" stroke=\"#ffffff\" "
          "stroke-opacity=\"0.7\" stroke-width=\"0.8\"/>\n";
      text += fmt::format(fmt::runtime(line), map_left, map_top + end, map_size, map_left + end, map_top, map_size);
    }
    if (middle - last_label >= least_height && name.size() <= most_letters) {
      text += text_at(map_left - 6.0, map_top + middle + 4.0, "end", name);
      if (unit * static_cast<double>(rows) >= 8.0 * static_cast<double>(name.size()))
        text += text_at(map_left + middle, map_top + map_size + 15.0, "middle", name);
      last_label = middle;
    }
    at = end;
  }
  return text;
}

std::string scale_bar(const ColorScale& scale) {
  std::string text;
  const double height = map_size / static_cast<double>(levels);
  for (size_t level = 0; level < levels; ++level) {
    text += fmt::format("<rect x=\"{:g}\" y=\"{:.2f}\" width=\"{:g}\" height=\"{:.2f}\" fill=\"{}\"/>\n", bar_left,
                        map_top + map_size - height * static_cast<double>(level + 1), bar_width, height + 0.4,
                        level_color(level, scale));
  }
  for (const double tick : svg::round_ticks(scale.least, scale.most, 6)) {
    const double y = map_top + map_size * (1.0 - (tick - scale.least) / (scale.most - scale.least));
    text += text_at(bar_left + bar_width + 5.0, y + 4.0, "start", svg::tick_label(tick));
  }
  return text;
}

}  // namespace

ColorScale scale_of(const std::vector<const std::vector<double>*>& matrices) {
  ColorScale scale{matrices.front()->front(), matrices.front()->front()};
  for (const std::vector<double>* matrix : matrices) {
    const auto [least, most] = std::ranges::minmax(*matrix);
    scale.least = std::min(scale.least, least);
    scale.most = std::max(scale.most, most);
  }
  if (!(scale.most > scale.least)) scale.least -= 0.5, scale.most += 0.5;
  return scale;
}

ColorScale scale_of_changes(const std::vector<double>& changes) {
  double most = 0.0;
  for (const double change : changes) most = std::max(most, std::abs(change));
  if (most == 0.0) most = 1.0;
  return {-most, most, true};
}

std::string heat_map(const std::string& description, const std::vector<double>& matrix, const RowGroups& groups,
                     const ColorScale& scale) {
  const auto count = static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(matrix.size()))));
  return svg::inline_picture(page_width, page_height, description,
                             cells(matrix, count, scale) + group_lines(groups, count) + scale_bar(scale));
}

}  // namespace tpc::driver
