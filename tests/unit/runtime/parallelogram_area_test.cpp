// Areas of pairs of vectors, down to the angles that doubles can tell from none.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "runtime/algebra/parallelogram_area.h"

namespace tpc::runtime {
namespace {

double area(const std::vector<double>& x, const std::vector<double>& y) {
  double product = 0.0, result = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) product += x[i] * y[i];
  parallelogram_areas({1, 1, x.size()}, x.data(), y.data(), &product, &result);
  return result;
}

TEST_CASE("the area of two vectors at any angle and of any size") {
  for (const double angle : {1.5, 0.3, 1e-2, 1e-4, 1e-8, 1e-12}) {
    for (const double size : {1e-60, 1.0, 1e60}) {
      for (const double side : {1.0, -1.0}) {
        CAPTURE(angle);
        CAPTURE(size);
        const double expected = 3.0 * size * std::sin(angle);
        CHECK(area({3.0 * side, 0.0}, {size * std::cos(angle), size * std::sin(angle)}) ==
              doctest::Approx(expected).epsilon(1e-9));
      }
    }
  }
}

TEST_CASE("parallel, opposite, equal and zero vectors span nothing") {
  CHECK(area({3.0, 0.9}, {0.7, 0.21}) == 0.0);
  CHECK(area({3.0, 0.9}, {-1.0, -0.3}) == 0.0);
  CHECK(area({0.1, 0.7, 1.3}, {0.1, 0.7, 1.3}) == 0.0);
  CHECK(area({0.0, 0.0}, {0.7, 0.21}) == 0.0);
  CHECK(area({0.7, 0.21}, {0.0, 0.0}) == 0.0);
  CHECK(area({0.0, 0.0}, {0.0, 0.0}) == 0.0);
}

TEST_CASE("the areas of all rows with all columns") {
  const std::vector<double> x = {1.0, 0.0, 0.0, 2.0}, y = {1.0, 1.0, 0.0, 1.0, 2.0, 0.0};
  const std::vector<double> products = {1.0, 0.0, 2.0, 2.0, 2.0, 0.0};
  std::vector<double> areas(6);
  parallelogram_areas({2, 3, 2}, x.data(), y.data(), products.data(), areas.data());
  const std::vector<double> expected = {1.0, 1.0, 0.0, 2.0, 0.0, 4.0};
  for (std::size_t i = 0; i < 6; ++i) CHECK(areas[i] == doctest::Approx(expected[i]).epsilon(1e-15));
}

}  // namespace
}  // namespace tpc::runtime
