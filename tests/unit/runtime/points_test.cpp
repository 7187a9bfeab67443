// Sample points: stratification, quantile, quadrature rules, convergence of integrals.
#include <doctest/doctest.h>

#include <boost/math/special_functions/erf.hpp>
#include <boost/random/sobol.hpp>
#include <cmath>
#include <memory>
#include <numbers>
#include <random>
#include <set>
#include <vector>

#include "runtime/points/gauss_hermite.h"
#include "runtime/points/node_set.h"
#include "runtime/points/normal_quantile.h"
#include "runtime/points/normal_rule.h"
#include "runtime/points/philox_stream.h"
#include "runtime/points/sample_points.h"
#include "runtime/points/sobol.h"
#include "runtime/support/failure.h"

using namespace tpc::runtime;

namespace {

std::vector<std::uint64_t> scrambled(std::size_t dimension, std::uint32_t replica, std::uint32_t count) {
  const auto [high, low] = PhiloxStream(7, replica, RandomPurpose::scrambling, dimension).bits(0);
  std::vector<std::uint64_t> points(count);
  SobolColumn(dimension, high, low).fill(0, count, points.data());
  return points;
}

template <class Real = double>
std::vector<Real> column(const SamplePoints& points, std::uint64_t dimension) {
  std::vector<Real> values(points.options().count);
  points.fill(dimension, 0, values.size(), values.data());
  return values;
}

}  // namespace

TEST_CASE("direction numbers: the first points are those of Boost's generator") {
  constexpr std::size_t dimensions = 40;
  boost::random::sobol_engine<std::uint32_t, 32> reference(dimensions);
  std::vector<std::set<std::uint32_t>> expected(dimensions), ours(dimensions);
  // Boost starts after the origin and goes in Gray-code order: the sets of the first 2^k points agree.
  for (std::size_t d = 0; d < dimensions; ++d) expected[d].insert(0);
  for (int i = 1; i < 256; ++i) {
    for (std::size_t d = 0; d < dimensions; ++d) expected[d].insert(reference());
  }
  for (std::size_t d = 0; d < dimensions; ++d) {
    std::vector<std::uint32_t> points(256);
    fill_unscrambled_sobol(d, 0, 256, points.data());
    ours[d].insert(points.begin(), points.end());
    CAPTURE(d);
    CHECK(ours[d] == expected[d]);
  }
}

TEST_CASE("every dimension, scrambled, hits each of 2^m intervals once, and blocks are pieces of the whole") {
  constexpr std::uint32_t m = 10, count = 1u << m;
  for (const std::size_t dimension :
       {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{100}, std::size_t{2000}, sobol_dimensions() - 1}) {
    for (std::uint32_t replica = 0; replica < 3; ++replica) {
      const std::vector<std::uint64_t> points = scrambled(dimension, replica, count);
      std::vector<int> hits(count, 0);
      for (const std::uint64_t point : points) ++hits[point >> (64 - m)];
      CAPTURE(dimension);
      CHECK(std::all_of(hits.begin(), hits.end(), [](int h) { return h == 1; }));
      const auto [high, low] = PhiloxStream(7, replica, RandomPurpose::scrambling, dimension).bits(0);
      std::vector<std::uint64_t> piece(300);
      SobolColumn(dimension, high, low).fill(200, 500, piece.data());
      CHECK(std::equal(piece.begin(), piece.end(), points.begin() + 200));
    }
  }
}

TEST_CASE("the first two dimensions hit every elementary interval, before and after scrambling") {
  constexpr std::uint32_t m = 8, count = 1u << m;
  for (const bool scramble : {false, true}) {
    std::vector<std::uint64_t> x, y;
    if (scramble) {
      x = scrambled(0, 1, count), y = scrambled(1, 1, count);
    } else {
      std::vector<std::uint32_t> points(count);
      fill_unscrambled_sobol(0, 0, count, points.data());
      for (const std::uint32_t p : points) x.push_back(std::uint64_t{p} << 32);
      fill_unscrambled_sobol(1, 0, count, points.data());
      for (const std::uint32_t p : points) y.push_back(std::uint64_t{p} << 32);
    }
    for (std::uint32_t bits = 1; bits < m; ++bits) {
      std::vector<int> hits(count, 0);
      for (std::uint32_t i = 0; i < count; ++i) ++hits[(x[i] >> (64 - bits)) << (m - bits) | y[i] >> (64 - m + bits)];
      CAPTURE(bits);
      CHECK(std::all_of(hits.begin(), hits.end(), [](int h) { return h == 1; }));
    }
  }
}

TEST_CASE("scrambling: points are uniform over replicas, bit by bit, and nested flips are independent") {
  constexpr std::uint32_t replicas = 2000;
  int ones[64] = {}, pairs = 0, below = 0;
  for (std::uint32_t r = 0; r < replicas; ++r) {
    const std::vector<std::uint64_t> points = scrambled(3, r, 4);
    for (int b = 0; b < 64; ++b) ones[b] += static_cast<int>(points[0] >> b & 1);
    // The second bits of two points that differ in the first bit are flipped by independent coins.
    pairs += static_cast<int>((points[0] ^ points[1]) >> 62 & 1);
    below += static_cast<int>((points[0] ^ points[1]) >> 20 & 1);
  }
  const double spread = 4.5 * std::sqrt(replicas * 0.25);
  for (int b = 0; b < 64; ++b) {
    CAPTURE(b);
    CHECK(std::abs(ones[b] - replicas / 2.0) < spread);
  }
  CHECK(std::abs(pairs - replicas / 2.0) < spread);
  CHECK(std::abs(below - replicas / 2.0) < spread);
}

TEST_CASE("normal quantile against the inverse complementary error function") {
  using boost::math::erfc_inv;
  double worst = 0.0;
  std::vector<double> probabilities = {1e-300, 1e-100, 1e-40, 1e-20, 0x1p-54, 1e-12, 1e-6, 0.0749, 0.075, 0.0751};
  for (int i = 1; i < 500; ++i) probabilities.push_back(i / 1000.0);
  for (const double p : probabilities) {
    const double expected = static_cast<double>(-std::numbers::sqrt2_v<long double> * erfc_inv(2.0L * p));
    worst = std::max(worst, std::abs(normal_quantile(p) / expected - 1.0));
  }
  MESSAGE("largest relative error ", worst);
  CHECK(worst < 2e-15);
  CHECK(normal_quantile(0.5) == 0.0);
  CHECK(std::isinf(normal_quantile(0.0)));
  CHECK(std::isnan(normal_quantile(1.5)));
}

TEST_CASE("normals from bits: the quantile of the bits, finite at the ends, mirrored exactly") {
  std::mt19937_64 random(5);
  std::vector<std::uint64_t> bits = {0, ~std::uint64_t{0}, std::uint64_t{1} << 63, (std::uint64_t{1} << 63) - 1};
  for (int i = 0; i < 1000; ++i) bits.push_back(random());
  std::vector<double> normals(bits.size()), mirrored(bits.size());
  normals_from_bits(bits.data(), bits.size(), normals.data());
  for (std::uint64_t& word : bits) word = ~word;
  normals_from_bits(bits.data(), bits.size(), mirrored.data());
  for (std::size_t i = 0; i < bits.size(); ++i) {
    CHECK(std::isfinite(normals[i]));
    CHECK(normals[i] == -mirrored[i]);
    const double u = (static_cast<double>(~bits[i] >> 11) + 0.5) * 0x1p-53;
    if (u > 1e-10 && u < 0.5) CHECK(normals[i] == doctest::Approx(normal_quantile(u)).epsilon(1e-13));
  }
  CHECK(normals[0] < -8.0);
}

TEST_CASE("Gauss-Hermite rules integrate polynomials of degree below 2 n") {
  for (const std::size_t n : {1u, 2u, 5u, 20u, 48u}) {
    const QuadratureRule rule = gauss_hermite(n);
    double moment = 1.0;  // (2k - 1)!!
    for (std::size_t k = 0; 2 * k < 2 * n && k <= 12; ++k) {
      if (k > 0) moment *= static_cast<double>(2 * k - 1);
      double even = 0.0, odd = 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        even += rule.weights[i] * std::pow(rule.nodes[i], 2.0 * static_cast<double>(k));
        odd += rule.weights[i] * std::pow(rule.nodes[i], 2.0 * static_cast<double>(k) + 1.0);
      }
      CAPTURE(n);
      CAPTURE(k);
      CHECK(even == doctest::Approx(moment).epsilon(1e-11));
      CHECK(std::abs(odd) < 1e-9 * moment);
    }
  }
  // E cos(Z) = exp(-1/2).
  const QuadratureRule rule = gauss_hermite(32);
  double sum = 0.0;
  for (std::size_t i = 0; i < 32; ++i) sum += rule.weights[i] * std::cos(rule.nodes[i]);
  CHECK(std::abs(sum - std::exp(-0.5)) < 1e-14);
}

TEST_CASE("the trapezoidal rule converges geometrically where Gauss-Hermite nodes do not") {
  auto mean = [](const QuadratureRule& rule, auto&& function) {
    double sum = 0.0;
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) sum += rule.weights[i] * function(rule.nodes[i]);
    return sum;
  };
  for (const std::size_t n : {1u, 2u, 9u, 24u, 64u, 95u}) {
    const QuadratureRule rule = normal_rule(n);
    CAPTURE(n);
    REQUIRE(rule.nodes.size() == n);
    CHECK(mean(rule, [](double) { return 1.0; }) == doctest::Approx(1.0).epsilon(1e-15));
    CHECK(std::abs(mean(rule, [](double z) { return z * z * z; })) < 1e-14);
    if (n >= 24) CHECK(std::abs(mean(rule, [](double z) { return std::cos(z); }) - std::exp(-0.5)) < 1e-13);
    if (n >= 24) CHECK(std::abs(mean(rule, [](double z) { return z * z; }) - 1.0) < 1e-12);
  }
  const auto steep = [](double z) { return std::pow(std::tanh(1.5 * z), 2); };
  const double exact = mean(normal_rule(512), steep);
  CHECK(std::abs(mean(normal_rule(64), steep) - exact) < 1e-8);
  CHECK(std::abs(mean(normal_rule(95), steep) - exact) < 1e-13);
  CHECK(std::abs(mean(gauss_hermite(64), steep) - exact) > 1e-7);
}

TEST_CASE("tensor quadrature: weights and columns") {
  const auto nodes = std::make_shared<const NodeSet>(tensor_nodes(gauss_hermite(10), 3));
  REQUIRE(nodes->count == 1000);
  const SamplePoints points({TP_METHOD_QUADRATURE, 1024, 0, 0, nodes});
  std::vector<double> weights = nodes->weights;
  weights.resize(1024);
  const std::vector<double> a = column(points, 0), b = column(points, 1), c = column(points, 2);
  double total = 0.0, mixed = 0.0, cross = 0.0;
  for (std::size_t s = 0; s < 1024; ++s) {
    total += weights[s];
    mixed += weights[s] * a[s] * a[s] * std::pow(b[s], 4.0) * c[s] * c[s];
    cross += weights[s] * a[s] * b[s];
  }
  CHECK(total == doctest::Approx(1.0).epsilon(1e-14));
  CHECK(mixed == doctest::Approx(3.0).epsilon(1e-12));
  CHECK(std::abs(cross) < 1e-13);
  CHECK(a[1023] == 0.0);
}

TEST_CASE("Gauss-Hermite weights are right to their last digits where they are smallest") {
  // E Z^(2k) is made at the outermost nodes, whose weights are 1e-55 and less.
  const QuadratureRule rule = gauss_hermite(64);
  double moment = 1.0, sum = 0.0;
  constexpr int k = 63;
  for (int i = 1; i <= k; ++i) moment *= 2 * i - 1;
  for (std::size_t i = 0; i < 64; ++i) sum += rule.weights[i] * std::pow(rule.nodes[i], 2 * k);
  CHECK(sum == doctest::Approx(moment).epsilon(1e-11));
}

TEST_CASE("nodes within a ball: fewer, and as good as those of the cube") {
  // E cos(a) cos(b) exp(c / 2) = exp(-1/2 - 1/2 + 1/8).
  const auto mean = [](const NodeSet& nodes) {
    double sum = 0.0;
    for (std::size_t s = 0; s < nodes.count; ++s) {
      sum += nodes.weights[s] * std::cos(nodes.column(0)[s]) * std::cos(nodes.column(1)[s]) *
             std::exp(0.5 * nodes.column(2)[s]);
    }
    return sum;
  };
  for (const std::size_t n : {31u, 32u, 47u}) {
    const NodeSet cube = tensor_nodes(normal_rule(n), 3), ball = normal_nodes(n, 3);
    CHECK(cube.count == n * n * n);
    CHECK(ball.count < 3 * cube.count / 5);
    CHECK(std::abs(mean(cube) - std::exp(-0.875)) < 1e-13);
    CHECK(std::abs(mean(ball) - std::exp(-0.875)) < 1e-13);
  }
  CHECK(normal_nodes(40, 1).count == 40);
  CHECK(normal_nodes(40, 0).count == 1);
  CHECK_THROWS_AS(tensor_nodes(normal_rule(512), 3), Failure);
}

// E prod_d (1 + sin(Z_d) / 2 + (Z_d^2 - 1) / 5) = 1: smooth, five dimensions.
TEST_CASE("an integral converges like 1/M or better with scrambled Sobol points, like M^{-1/2} with random ones") {
  const auto rms_error = [](tp_method method, std::size_t count) {
    constexpr std::uint32_t replicas = 16;
    double squares = 0.0;
    for (std::uint32_t r = 0; r < replicas; ++r) {
      const SamplePoints points({method, count, 3, r, nullptr});
      std::vector<double> product(count, 1.0);
      for (std::uint64_t d = 0; d < 5; ++d) {
        const std::vector<double> z = column(points, d);
        for (std::size_t s = 0; s < count; ++s) product[s] *= 1.0 + 0.5 * std::sin(z[s]) + 0.2 * (z[s] * z[s] - 1.0);
      }
      double mean = 0.0;
      for (const double p : product) mean += p / static_cast<double>(count);
      squares += (mean - 1.0) * (mean - 1.0);
    }
    return std::sqrt(squares / replicas);
  };
  const double coarse = rms_error(TP_METHOD_QMC, 256), fine = rms_error(TP_METHOD_QMC, 16384);
  const double random = rms_error(TP_METHOD_MC, 16384);
  MESSAGE("rms errors: qmc 2^8 ", coarse, ", qmc 2^14 ", fine, ", mc 2^14 ", random);
  CHECK(fine < coarse / 24.0);
  CHECK(fine < random / 8.0);
  CHECK(random > 1e-3);
  CHECK(random < 3e-2);
}

TEST_CASE("columns beyond the table are random and reproducible; blocks and precisions agree") {
  const SamplePoints points({TP_METHOD_QMC, 4096, 11, 2, nullptr});
  CHECK(points.kind(sobol_dimensions() - 1) == ColumnKind::sobol);
  CHECK(points.kind(sobol_dimensions()) == ColumnKind::philox);
  const std::vector<double> z = column(points, 5000), other = column(points, 5001);
  double mean = 0.0, variance = 0.0, cross = 0.0;
  for (std::size_t s = 0; s < 4096; ++s) {
    mean += z[s] / 4096.0;
    variance += z[s] * z[s] / 4096.0;
    cross += z[s] * other[s] / 4096.0;
  }
  CHECK(std::abs(mean) < 4.5 / 64.0);
  CHECK(std::abs(variance - 1.0) < 4.5 * std::sqrt(2.0) / 64.0);
  CHECK(std::abs(cross) < 4.5 / 64.0);
  std::vector<double> piece(1000);
  points.fill(5000, 1024, 2024, piece.data());
  CHECK(std::equal(piece.begin(), piece.end(), z.begin() + 1024));
  const std::vector<float> single = column<float>(points, 5000);
  CHECK(single[17] == static_cast<float>(z[17]));
}
