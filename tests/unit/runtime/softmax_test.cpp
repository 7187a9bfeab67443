// Softmax, its normalizer, class labels.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "runtime/abi/softmax.h"
#include "runtime/support/failure.h"

using namespace tpc::runtime;

TEST_CASE("softmax of every row, without overflow") {
  const double values[] = {0.0, std::log(2.0), std::log(5.0), 2000.0, -2000.0, 2000.0};
  double rows[6];
  softmax(values, 2, 3, rows);
  const double expected[] = {1.0 / 8, 2.0 / 8, 5.0 / 8, 0.5, 0.0, 0.5};
  for (std::size_t i = 0; i < 6; ++i) CHECK(rows[i] == doctest::Approx(expected[i]));
}

TEST_CASE("log of the sum of exponentials of every row, without overflow") {
  const double values[] = {0.0, std::log(2.0), std::log(5.0), 2000.0, -2000.0, 2000.0, -3000.0, -3000.0, -3000.0};
  double rows[3];
  log_sum_exps(values, 3, 3, rows);
  const double expected[] = {std::log(8.0), 2000.0 + std::log(2.0), -3000.0 + std::log(3.0)};
  for (std::size_t i = 0; i < 3; ++i) CHECK(rows[i] == doctest::Approx(expected[i]).epsilon(1e-15));
}

TEST_CASE("class labels") {
  const double labels[] = {2.0, 0.0};
  std::vector<double> rows(6, 9.0);
  one_hot(labels, 2, 3, rows.data());
  CHECK(rows == std::vector<double>{0, 0, 1, 1, 0, 0});
  for (const double wrong : {3.0, -1.0, 0.5, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
    const double bad[] = {1.0, wrong};
    try {
      one_hot(bad, 2, 3, rows.data());
      FAIL("accepted ", wrong);
    } catch (const Failure& failure) {
      CHECK(failure.status == TP_INVALID_ARGUMENT);
      CHECK(failure.message.starts_with("example 2: the label "));
    }
  }
}
