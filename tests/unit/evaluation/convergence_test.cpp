#include "evaluation/experiment/convergence.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace tpc::evaluation;

namespace {

Trajectory with_outputs(std::vector<double> train, std::vector<double> test) {
  Trajectory run;
  run.steps_recorded = {0};
  const auto train_size = static_cast<int64_t>(train.size());
  const auto test_size = static_cast<int64_t>(test.size());
  run.outputs.push_back({"train", {train_size, 1}, {std::move(train), {}}});
  run.outputs.push_back({"test", {test_size, 1}, {std::move(test), {}}});
  return run;
}

}  // namespace

TEST_CASE("rms difference over all sets") {
  const Trajectory limit = with_outputs({1.0, 2.0}, {3.0});
  CHECK(rms_difference(limit, limit) == 0.0);
  CHECK(rms_difference(with_outputs({2.0, 2.0}, {1.0}), limit) == doctest::Approx(std::sqrt(5.0 / 3.0)));
  CHECK_THROWS(rms_difference(with_outputs({2.0}, {1.0}), limit));
}

TEST_CASE("a power law is found exactly") {
  std::vector<WidthDifference> differences;
  for (int64_t width : {64, 256, 1024, 4096}) {
    differences.push_back({width, 3.0 * std::pow(static_cast<double>(width), -0.5), 0.0});
  }
  const auto fit = fit_power(differences);
  REQUIRE(fit);
  CHECK(fit->exponent == doctest::Approx(-0.5));
  CHECK(std::exp(fit->intercept) == doctest::Approx(3.0));
  CHECK(fit->error < 1e-12);
}

TEST_CASE("scatter about the line is the fit's error") {
  // Residuals of a fit through (0, 0), (1, 1), (2, 0): mean 1/3, slope 0; s^2 = (1/9 + 4/9 + 1/9) / 1, sum x^2 = 2.
  const auto width = [](double x) { return static_cast<int64_t>(std::llround(std::exp2(x))); };
  const auto fit = fit_power({{width(1), 1.0, 0.0}, {width(2), 2.0, 0.0}, {width(3), 1.0, 0.0}});
  REQUIRE(fit);
  CHECK(fit->exponent == doctest::Approx(0.0));
  CHECK(fit->error == doctest::Approx(std::sqrt(6.0 / 9.0 / 2.0)));
}

TEST_CASE("no fit without two widths or with a difference of zero") {
  CHECK(!fit_power({{64, 0.1, 0.0}}));
  CHECK(!fit_power({{64, 0.1, 0.0}, {64, 0.1, 0.0}}));
  CHECK(!fit_power({{64, 0.1, 0.0}, {256, 0.0, 0.0}}));
  CHECK(std::isnan(fit_power({{64, 0.1, 0.0}, {256, 0.05, 0.0}})->error));
}

TEST_CASE("one width's networks") {
  const WidthDifference one = summarise_width(64, {0.5});
  CHECK(one.mean == 0.5);
  CHECK(std::isnan(one.error));
  const WidthDifference two = summarise_width(64, {0.4, 0.6});
  CHECK(two.mean == doctest::Approx(0.5));
  CHECK(two.error == doctest::Approx(0.1));
}
