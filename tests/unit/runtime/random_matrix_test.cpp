// The Walsh-Hadamard transform, and random matrices made of it.
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <random>
#include <vector>

#include "runtime/algebra/hadamard.h"
#include "runtime/matrix/random_matrix.h"

using namespace tpc::runtime;

namespace {

template <class Real>
std::vector<Real> normals(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::vector<Real> values(count);
  for (Real& value : values) value = static_cast<Real>(normal(engine));
  return values;
}

template <class Real>
double mean_product(const Real* x, const Real* y, std::size_t count) {
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) sum += double{x[i]} * double{y[i]};
  return sum / static_cast<double>(count);
}

}  // namespace

TEST_CASE_TEMPLATE("the transform is that of the definition, at every size", Real, double, float) {
  const double rounding = sizeof(Real) == 8 ? 1e-12 : 1e-4;
  for (const std::size_t n : {64u, 128u, 256u, 2048u, 4096u, 8192u}) {
    const std::vector<Real> x = normals<Real>(n, 7);
    std::vector<Real> y = x;
    hadamard(y.data(), n);
    for (std::size_t i = 0; i < n; i += n < 1000 ? 1 : 37) {
      double expected = 0.0;
      for (std::size_t j = 0; j < n; ++j) expected += std::popcount(i & j) % 2 == 0 ? double{x[j]} : -double{x[j]};
      REQUIRE(y[i] == doctest::Approx(expected).epsilon(rounding).scale(std::sqrt(static_cast<double>(n))));
    }
  }
}

TEST_CASE_TEMPLATE("a random matrix acts like one of independent Gaussians", Real, double, float) {
  // Powers of two, and sizes whose transform is made of two that overlap.
  for (const std::size_t n : {4096u, 4096u + 64u, 3u * 2048u}) {
    CAPTURE(n);
    const RandomMatrix<Real> matrix(n, 1, 0, 0);
    std::vector<Real> x = normals<Real>(2 * n, 3), y(2 * n), back(2 * n);
    for (std::size_t s = 0; s < n; ++s) {  // smooth and of one sign; sparse
      x[s] = static_cast<Real>(1.0 + std::sin(0.001 * static_cast<double>(s)));
      x[n + s] = s % 97 == 0 ? x[n + s] : Real{0};
    }
    matrix.apply(false, x.data(), 2, y.data());
    matrix.apply(true, y.data(), 2, back.data());
    const double tolerance = 6.0 / std::sqrt(static_cast<double>(n));
    for (std::size_t i = 0; i < 2; ++i) {
      const Real *in = x.data() + i * n, *out = y.data() + i * n, *again = back.data() + i * n;
      const double norm = mean_product(in, in, n), variance = mean_product(out, out, n);
      CHECK(variance == doctest::Approx(norm).epsilon(tolerance));
      double mean = 0.0, fourth = 0.0, absolute = 0.0;
      for (std::size_t s = 0; s < n; ++s) {
        const double value = double{out[s]} / std::sqrt(variance);
        mean += value / static_cast<double>(n);
        fourth += std::pow(value, 4) / static_cast<double>(n);
        absolute += std::abs(value) / static_cast<double>(n);
      }
      CHECK(std::abs(mean) < tolerance);
      CHECK(fourth == doctest::Approx(3.0).epsilon(2.0 * tolerance));
      CHECK(absolute == doctest::Approx(std::sqrt(2.0 / 3.141592653589793)).epsilon(tolerance));
      // Moments of the quarter circle law: 1, 2.
      CHECK(mean_product(again, in, n) == doctest::Approx(norm).epsilon(tolerance));
      CHECK(mean_product(again, again, n) == doctest::Approx(2.0 * norm).epsilon(2.0 * tolerance));
    }
    CHECK(std::abs(mean_product(y.data(), y.data() + n, n) - mean_product(x.data(), x.data() + n, n)) <
          tolerance * std::sqrt(mean_product(x.data(), x.data(), n) * mean_product(x.data() + n, x.data() + n, n)));
  }
}

TEST_CASE("the transpose is adjoint, and other numbers make other matrices") {
  for (const std::size_t n : {1024u, 1024u + 192u}) {
    const RandomMatrix<double> matrix(n, 5, 2, 1), other(n, 5, 2, 2), same(n, 5, 2, 1);
    const std::vector<double> x = normals<double>(n, 1), y = normals<double>(n, 2);
    std::vector<double> wx(n), wy(n), different(n), equal(n);
    matrix.apply(false, x.data(), 1, wx.data());
    matrix.apply(true, y.data(), 1, wy.data());
    other.apply(false, x.data(), 1, different.data());
    same.apply(false, x.data(), 1, equal.data());
    CHECK(mean_product(y.data(), wx.data(), n) == doctest::Approx(mean_product(wy.data(), x.data(), n)).epsilon(1e-12));
    CHECK(wx == equal);
    CHECK(std::abs(mean_product(wx.data(), different.data(), n)) < 6.0 / std::sqrt(static_cast<double>(n)));
  }
}
