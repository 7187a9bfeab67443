// Losses, their gradients, class labels.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "runtime/abi/losses.h"
#include "runtime/support/failure.h"

using namespace tpc::runtime;

TEST_CASE("losses: values by hand, gradients by finite differences") {
  const double f[] = {1.0, -2.0, 0.5}, y[] = {0.0, 1.0, 0.25};
  double loss = 0.0;
  losses(0, f, y, 1, 3, &loss);
  CHECK(loss == doctest::Approx(0.5 * (1.0 + 9.0 + 0.0625)));
  const double normalizer = std::log(std::exp(1.0) + std::exp(-2.0) + std::exp(0.5));
  losses(1, f, y, 1, 3, &loss);
  CHECK(loss == doctest::Approx((normalizer + 2.0) + 0.25 * (normalizer - 0.5)));

  std::mt19937 random(17);
  std::normal_distribution<double> normal;
  for (const int kind : {0, 1}) {
    std::vector<double> outputs(12), targets(12), gradient(12);
    for (double& value : outputs) value = normal(random);
    for (double& value : targets) value = std::abs(normal(random));
    loss_gradients(kind, outputs.data(), targets.data(), 3, 4, gradient.data());
    for (std::size_t i = 0; i < 12; ++i) {
      double around[2][3];
      for (const int side : {0, 1}) {
        std::vector<double> moved = outputs;
        moved[i] += side == 0 ? -1e-5 : 1e-5;
        losses(kind, moved.data(), targets.data(), 3, 4, around[side]);
      }
      CHECK(gradient[i] == doctest::Approx((around[1][i / 4] - around[0][i / 4]) / 2e-5).epsilon(1e-6));
    }
  }
}

TEST_CASE("cross entropy does not overflow") {
  const double f[] = {1000.0, -1000.0, 3000.0, 0.0}, y[] = {0.0, 1.0, 1.0, 0.0};
  double loss[2], gradient[4];
  losses(1, f, y, 2, 2, loss);
  loss_gradients(1, f, y, 2, 2, gradient);
  CHECK(loss[0] == doctest::Approx(2000.0));
  CHECK(loss[1] == 0.0);
  CHECK(gradient[0] == doctest::Approx(1.0));
  CHECK(gradient[1] == doctest::Approx(-1.0));
  CHECK_THROWS_AS(losses(2, f, y, 2, 2, loss), Failure);
}

TEST_CASE("softmax of every row, without overflow") {
  const double values[] = {0.0, std::log(2.0), std::log(5.0), 2000.0, -2000.0, 2000.0};
  double rows[6];
  softmax(values, 2, 3, rows);
  const double expected[] = {1.0 / 8, 2.0 / 8, 5.0 / 8, 0.5, 0.0, 0.5};
  for (std::size_t i = 0; i < 6; ++i) CHECK(rows[i] == doctest::Approx(expected[i]));
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
