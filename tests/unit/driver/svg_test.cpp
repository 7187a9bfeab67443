#include "driver/report/plot/svg.h"
#include "driver/report/plot/heat_map.h"
#include "driver/report/plot/label_placement.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

using namespace tpc::driver;

TEST_CASE("round ticks") {
  const auto ticks = svg::round_ticks(0.0, 1.0, 5);
  REQUIRE(ticks.size() == 6);
  CHECK(ticks[1] == doctest::Approx(0.2));
  CHECK(svg::round_ticks(-0.7, 0.9, 5).front() == doctest::Approx(-0.5));  // 0.32 rounds up to steps of 0.5
  CHECK(svg::round_ticks(0.0, 250.0, 5)[1] == doctest::Approx(50.0));
  for (double tick : svg::round_ticks(1e-7, 3e-7, 5)) {
    CHECK(tick >= 1e-7 - 1e-12);
    CHECK(tick <= 3e-7 + 1e-12);
  }
}

TEST_CASE("logarithmic ticks") {
  const auto few = svg::logarithmic_ticks(0.01, 0.1);
  REQUIRE(few.size() == 4);  // 0.01 0.02 0.05 0.1
  CHECK(few[2] == doctest::Approx(0.05));
  CHECK(svg::logarithmic_ticks(1e-6, 1.0).size() == 7);
}

TEST_CASE("names are escaped, points that are not finite are left out") {
  svg::Panel panel({0, 0, 100, 100}, "a < b & c", {"x", 0, 1, false, {}}, {"y", 0, 1, false, {}});
  panel.curve({{0.0, 0.0}, {0.5, std::nan("")}, {1.0, 1.0}}, {});
  const std::string text = svg::document(200, 200, "t", panel.text());
  CHECK(text.find("a &lt; b &amp; c") != std::string::npos);
  CHECK(text.find("points=\"0.0,100.0 100.0,0.0 \"") != std::string::npos);
  CHECK(text.find("nan") == std::string::npos);
}

TEST_CASE("a logarithmic axis puts the geometric mean in the middle") {
  svg::Panel panel({0, 0, 100, 100}, "", {"x", 1, 100, true, {}}, {"y", 1, 100, true, {}});
  panel.curve({{10.0, 10.0}}, {});
  CHECK(panel.text().find("points=\"50.0,50.0 \"") != std::string::npos);
}

TEST_CASE("labels stand beside their points, and neither on each other nor on a point") {
  std::vector<svg::LabelledPoint> points;
  std::uint32_t state = 1;
  const auto random = [&](double below) {
    state = state * 1664525 + 1013904223;
    return below * static_cast<double>(state >> 8) / (1 << 24);
  };
  for (int i = 0; i < 60; ++i) points.push_back({20 + random(700), 20 + random(500), 20 + random(50), 12});
  points.push_back({0, 0, 40, 12});  // in the corner
  points.push_back(points.front());  // two in one place
  const svg::Box area{0, 0, 740, 540};
  const auto boxes = svg::place_labels(points, area);
  REQUIRE(boxes.size() == points.size());
  const auto meet = [](const svg::Box& a, const svg::Box& b) {
    return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height &&
           b.top < a.top + a.height;
  };
  for (size_t i = 0; i < boxes.size(); ++i) {
    CAPTURE(i);
    CHECK(boxes[i].width == points[i].width);
    CHECK(boxes[i].left >= 0.0);
    CHECK(boxes[i].left + boxes[i].width <= area.width);
    CHECK(boxes[i].top >= 0.0);
    for (size_t j = 0; j < boxes.size(); ++j) {
      CHECK_FALSE(meet(boxes[i], {points[j].x - 1, points[j].y - 1, 2, 2}));
      if (i != j) CHECK_FALSE(meet(boxes[i], boxes[j]));
    }
  }
  const svg::LabelledPoint alone{300, 300, 30, 12};
  const svg::Box beside = svg::place_labels({alone}, area).front();
  CHECK(beside.left > alone.x);  // at the right, at its height
  CHECK(beside.top + beside.height / 2 == doctest::Approx(alone.y));
}

TEST_CASE("colours of ours have a class, by which a page repaints them") {
  CHECK(svg::paint("stroke", "#000000") == "stroke=\"#000000\" class=\"stroke-ink\"");
  CHECK(svg::paint("fill", svg::color(3)) == "fill=\"#D55E00\" class=\"fill-3\"");
  CHECK(svg::paint("fill", svg::color(3 + svg::palette_size)) == svg::paint("fill", svg::color(3)));
  CHECK(svg::paint("fill", "#123456") == "fill=\"#123456\"");
}

TEST_CASE("legends and remarks are broken into lines") {
  const std::vector<svg::LegendEntry> entries(5, {"infinite width", {}, svg::Marker::square});
  CHECK(svg::legend(0.0, 0.0, 1000.0, entries).height == 0.0);
  CHECK(svg::legend(0.0, 0.0, 300.0, entries).height == 2.0 * 20.0);  // two in a line
  CHECK(svg::remark(0.0, 0.0, 1000.0, "two words").height == 0.0);
  const svg::Remark remark = svg::remark(0.0, 0.0, 40.0, "two words & more");
  CHECK(remark.height == 2.0 * 15.0);
  CHECK(remark.text.find(">words</text>") != std::string::npos);
  CHECK(remark.text.find(">&amp; more</text>") != std::string::npos);
}

TEST_CASE("heat maps: scales, runs of equal cells, groups") {
  const std::vector<double> matrix = {1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 2.0};
  const ColorScale scale = scale_of({&matrix});
  CHECK(scale.least == 0.0);
  CHECK(scale.most == 2.0);
  CHECK(scale_of_changes({-0.5, 0.25}).least == -0.5);
  CHECK(scale_of_changes({-0.5, 0.25}).most == 0.5);
  const std::vector<double> equal(4, 3.0);
  CHECK(scale_of({&equal}).most > scale_of({&equal}).least);
  const std::string picture = heat_map("three & three", matrix, {{"a", 2}, {"b", 1}}, scale);
  CHECK(picture.find("aria-label=\"three &amp; three\"") != std::string::npos);
  CHECK(picture.find("d=\"M0 0h2v1h-2zM0 1h2v1h-2z\"") != std::string::npos);  // the ones, a path of two rows
  CHECK(picture.find("#440154") != std::string::npos);
  CHECK(picture.find("#fde725") != std::string::npos);
  CHECK(picture.find(">a</text>") != std::string::npos);
}
