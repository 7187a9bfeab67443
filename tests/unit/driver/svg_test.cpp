#include "driver/report/plot/svg.h"
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
