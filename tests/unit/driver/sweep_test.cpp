// What a sweep is of: lists and ranges of values, points in their order.
#include <doctest/doctest.h>

#include "driver/option_texts.h"
#include "driver/sweep/points.h"

using namespace tpc::driver;

namespace {

using Values = std::vector<std::string>;

Options grid() {
  Options options;
  options.swept = {{"lr", {"0.1", "0.2"}}, {"steps", {"3", "4", "5"}}};
  options.parametrizations = {"ntp", "mup"};
  options.widths = {64, 16, 64};
  return options;
}

}  // namespace

TEST_CASE("values of a setting: ranges by ratios and differences, lists, one") {
  CHECK(swept_values("0.01..1:5log") == Values{"0.01", "0.0316228", "0.1", "0.316228", "1"});
  CHECK(swept_values("10..100:4lin") == Values{"10", "40", "70", "100"});
  CHECK(swept_values("1..0.25:3log") == Values{"1", "0.5", "0.25"});
  CHECK(swept_values("-1..1:3lin") == Values{"-1", "0", "1"});
  CHECK(swept_values("1e-3..1e-1:3log") == Values{"1e-3", "0.01", "1e-1"});
  CHECK(swept_values("0.1,0.2,3") == Values{"0.1", "0.2", "3"});
  CHECK(swept_values("0.1") == Values{"0.1"});
  CHECK(swept_values("0.01..1:10000log")->size() == 10000);
  for (const char* wrong : {"",
                            ",",
                            "0.1,",
                            "0.1,,1",
                            "0.1,x",
                            "0.1..1",
                            "0.1..1:5",
                            "0.1..1:log",
                            "0.1..1:5exp",
                            "0..1:5log",
                            "-1..1:5log",
                            "1..inf:5lin",
                            "nan..1:5lin",
                            "..1:5lin",
                            "1..:5lin",
                            "0.1..1:1log",
                            "0.1..1:10001log",
                            "0.1..1:1000000000log",
                            "0.1..1:99999999999999999999log",
                            "0.1:5log..1",
                            "0.1..1:-5log",
                            "0.1..1:5.5log"}) {
    CAPTURE(wrong);
    CHECK(!swept_values(wrong));
  }
}

TEST_CASE("points: by parametrization, width and every combination of settings, the limit last") {
  const std::vector<SweepPoint> points = points_of(grid());
  REQUIRE(points.size() == 2 * 3 * 2 * 3);
  CHECK(name_of(grid(), points.front()) == "lr = 0.1, steps = 3 (ntp, width 16)");
  CHECK(name_of(grid(), points[1]) == "lr = 0.1, steps = 4 (ntp, width 16)");
  CHECK(name_of(grid(), points[6]) == "lr = 0.1, steps = 3 (ntp, width 64)");
  CHECK(name_of(grid(), points.back()) == "lr = 0.2, steps = 5 (mup, infinite width)");
  const Options last = options_of(grid(), points.back());
  CHECK(last.values == std::map<std::string, std::string>{{"lr", "0.2"}, {"steps", "5"}});
  CHECK(last.parametrization == "mup");
  CHECK(points_of(Options()).size() == 1);
}

TEST_CASE("fingerprints differ by version, files, settings and what acts on the point alone") {
  const Provenance from{"1.0", {"a.tp", "00"}, {{"a.csv", "11"}}};
  const std::vector<SweepPoint> points = points_of(grid());
  const auto of = [&](const Provenance& provenance, const Options& options, size_t point) {
    return fingerprint_of(provenance, options, points[point]);
  };
  const std::string first = of(from, grid(), 0), limit = of(from, grid(), 12);
  CHECK(first.size() == 16);
  CHECK(first == of(from, grid(), 0));
  CHECK(first != of(from, grid(), 1));
  CHECK(first != of({"1.1", from.program, from.data}, grid(), 0));
  CHECK(first != of({"1.0", {"a.tp", "01"}, from.data}, grid(), 0));
  CHECK(first != of({"1.0", from.program, {{"a.csv", "12"}}}, grid(), 0));
  CHECK(first == of({"1.0", {"b.tp", "00"}, {{"b.csv", "11"}}}, grid(), 0));  // files may have moved
  Options more = grid();
  more.samples = 512;
  more.threads = 7;
  CHECK(first == of(from, more, 0));  // networks of a finite width have no samples
  CHECK(limit != of(from, more, 12));
  Options other = grid();
  other.seed = 2;
  CHECK(first != of(from, other, 0));
}
