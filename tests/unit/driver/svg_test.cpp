#include "driver/report/plot/svg.h"

#include <doctest/doctest.h>

#include <cmath>

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
