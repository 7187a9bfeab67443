// Conditioned matrices: covariance, linearity, adjointness, the dot part, truncation; and accumulated updates.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "runtime/matrix/conditioned_matrix.h"
#include "runtime/matrix/update_store.h"
#include "runtime/points/sobol.h"
#include "runtime/support/failure.h"

using namespace tpc::runtime;

namespace {

template <class Real>
struct Bench {
  explicit Bench(std::size_t samples, tp_method method = TP_METHOD_QMC, std::uint32_t replica = 0)
      : space{samples, method == TP_METHOD_EXACT ? 1.0 : 1.0 / static_cast<double>(samples), {}},
        points({method, samples, 1, replica, nullptr}),
        fresh(points),
        algebra(space) {}

  /// `count` independent standard Gaussians.
  std::vector<Real> gaussians(std::size_t count) {
    std::vector<Real> out(count * space.count);
    fresh.draw(space, count, out.data());
    return out;
  }
  std::vector<Real> apply(ConditionedMatrix<Real>& matrix, bool transposed, const std::vector<Real>& x,
                          std::size_t size_class = 0) {
    std::vector<Real> y(x.size());
    matrix.apply(transposed, size_class, x.data(), x.size() / space.count, y.data(), algebra, fresh, workspace);
    return y;
  }
  /// E[x_i y_j].
  double inner(const std::vector<Real>& x, std::size_t i, const std::vector<Real>& y, std::size_t j) const {
    double sum = 0.0;
    for (std::size_t s = 0; s < space.count; ++s) sum += double{x[i * space.count + s]} * y[j * space.count + s];
    return sum * space.uniform_weight;
  }

  SampleSpace space;
  SamplePoints points;
  FreshDirections fresh;
  SampleAlgebra<Real> algebra;
  ConditioningWorkspace<Real> workspace;
};

template <class Real>
std::vector<Real> nonlinear(std::vector<Real> x) {
  for (Real& value : x) value = std::tanh(value) + Real(0.3) * value * value;
  return x;
}

constexpr double sigma = 1.7;

}  // namespace

// ZHat.
TEST_CASE("outputs are centred Gaussians with covariance sigma^2 E[x y]") {
  Bench<double> bench(16384);
  ConditionedMatrix<double> matrix(bench.space, sigma, 1e-9, bench.points.options(), 0);
  const std::vector<double> x = nonlinear(bench.gaussians(4));
  const std::vector<double> y = bench.apply(matrix, false, x);
  for (std::size_t i = 0; i < 4; ++i) {
    double mean = 0.0, fourth = 0.0;
    for (std::size_t s = 0; s < 16384; ++s)
      mean += y[i * 16384 + s] / 16384.0, fourth += std::pow(y[i * 16384 + s], 4) / 16384.0;
    const double variance = bench.inner(y, i, y, i);
    CHECK(std::abs(mean) < 1e-3);
    CHECK(variance == doctest::Approx(sigma * sigma * bench.inner(x, i, x, i)).epsilon(1e-2));
    CHECK(fourth == doctest::Approx(3.0 * variance * variance).epsilon(3e-2));
    for (std::size_t j = 0; j < i; ++j) {
      CHECK(std::abs(bench.inner(y, i, y, j) - sigma * sigma * bench.inner(x, i, x, j)) < 2e-2);
      // Independent of what went in.
      CHECK(std::abs(bench.inner(y, i, x, j)) < 1e-2);
    }
  }
}

TEST_CASE_TEMPLATE("linear: a combination of what was met gets the combination of the images", Real, double, float) {
  const double rounding = sizeof(Real) == 8 ? 1e-12 : 1e-3;
  Bench<Real> bench(2048);
  ConditionedMatrix<Real> matrix(bench.space, sigma, 1e-9, bench.points.options(), 0);
  const std::vector<Real> x = nonlinear(bench.gaussians(5));
  const std::vector<Real> y = bench.apply(matrix, false, x);
  std::vector<Real> combination(2048), expected(2048);
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t s = 0; s < 2048; ++s) {
      combination[s] += static_cast<Real>(i + 1) * x[i * 2048 + s];
      expected[s] += static_cast<Real>(i + 1) * y[i * 2048 + s];
    }
  }
  const auto size = matrix.size();
  const std::vector<Real> image = bench.apply(matrix, false, combination);
  CHECK(matrix.size().directions[0] == size.directions[0]);
  double difference = 0.0;
  for (std::size_t s = 0; s < 2048; ++s) difference = std::max(difference, std::abs(double{image[s]} - expected[s]));
  CHECK(difference < rounding * 20.0);
}

TEST_CASE("the family stays orthonormal when a batch is nearly dependent") {
  Bench<double> bench(1024);
  ConditionedMatrix<double> matrix(bench.space, sigma, 1e-9, bench.points.options(), 0);
  std::vector<double> x = nonlinear(bench.gaussians(30));
  // Rows 10.. differ from rows 0.. by 1e-4, rows 20.. from those by 1e-7 of something new; 5 repeats 4 exactly.
  for (std::size_t i = 10; i < 30; ++i) {
    const double scale = i < 20 ? 1e-4 : 1e-7;
    for (std::size_t s = 0; s < 1024; ++s) x[i * 1024 + s] = x[(i - 10) * 1024 + s] + scale * x[i * 1024 + s];
  }
  std::copy_n(x.begin() + 4 * 1024, 1024, x.begin() + 5 * 1024);
  // In two calls, so that both the stored family and the batch itself are met.
  bench.apply(matrix, false, {x.begin(), x.begin() + 6 * 1024});
  const std::vector<double> y = bench.apply(matrix, false, x);
  const RowStore<double>& basis = matrix.family(0).basis;
  CHECK(basis.size() == 29);
  double worst = 0.0;
  for (std::size_t i = 0; i < basis.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0.0;
      for (std::size_t s = 0; s < 1024; ++s) sum += basis.row(i)[s] * basis.row(j)[s] / 1024.0;
      worst = std::max(worst, std::abs(sum - (i == j ? 1.0 : 0.0)));
    }
  }
  CHECK(worst < 1e-12);
  // Continuity: W (x + small) - W x has the size of sigma * small.
  double change = 0.0, norm = 0.0;
  for (std::size_t s = 0; s < 1024; ++s) {
    change += std::pow(y[21 * 1024 + s] - y[11 * 1024 + s], 2),
        norm += std::pow(x[21 * 1024 + s] - x[11 * 1024 + s], 2);
  }
  CHECK(std::sqrt(change / norm) == doctest::Approx(sigma).epsilon(0.05));
}

TEST_CASE_TEMPLATE("adjoint: E[y (W x)] = E[(W^T y) x] for everything both have met", Real, double, float) {
  Bench<Real> bench(1024);
  ConditionedMatrix<Real> matrix(bench.space, sigma, 1e-9, bench.points.options(), 0);
  std::vector<Real> x = nonlinear(bench.gaussians(6));
  std::vector<Real> y = nonlinear(bench.gaussians(5));
  // Alternately, and with arguments that depend on earlier results.
  for (int round = 0; round < 3; ++round) {
    const std::vector<Real> wx = bench.apply(matrix, false, x), wy = bench.apply(matrix, true, y);
    double worst = 0.0;
    const std::vector<Real> again = bench.apply(matrix, false, x);
    for (std::size_t i = 0; i < 6; ++i) {
      for (std::size_t j = 0; j < 5; ++j) {
        worst = std::max(worst, std::abs(bench.inner(again, i, y, j) - bench.inner(x, i, wy, j)));
      }
    }
    CHECK(worst < (sizeof(Real) == 8 ? 1e-11 : 2e-4));
    x = nonlinear(std::vector<Real>(bench.apply(matrix, true, nonlinear(wx))));
    y = nonlinear(std::vector<Real>(wy.begin(), wy.end()));
  }
}

// ZDot.
TEST_CASE("dot part: W^T tanh(W x) = fresh part + sigma^2 E[tanh'(W x)] x") {
  Bench<double> bench(32768);
  ConditionedMatrix<double> matrix(bench.space, sigma, 1e-9, bench.points.options(), 0);
  const std::vector<double> x = bench.gaussians(1);
  std::vector<double> y = bench.apply(matrix, false, x);
  double slope = 0.0;
  for (double& value : y) {
    value = std::tanh(value);
    slope += (1.0 - value * value) / 32768.0;
  }
  const std::vector<double> z = bench.apply(matrix, true, y);
  const double dot = sigma * sigma * slope;
  CHECK(bench.inner(z, 0, x, 0) == doctest::Approx(dot).epsilon(2e-3));
  // hat part: variance sigma^2 E[y^2], independent of x.
  CHECK(bench.inner(z, 0, z, 0) == doctest::Approx(sigma * sigma * bench.inner(y, 0, y, 0) + dot * dot).epsilon(5e-3));
}

TEST_CASE("vectors beyond the stored directions get the right variance, and the same when they return") {
  Bench<double> bench(8192);
  ConditionedMatrix<double> matrix(bench.space, sigma, 0.3, bench.points.options(), 0);
  const std::vector<double> first = bench.gaussians(1);
  bench.apply(matrix, false, first);
  std::vector<double> x = bench.gaussians(8);
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t s = 0; s < 8192; ++s) x[i * 8192 + s] = first[s] + 0.25 * x[i * 8192 + s];
  }
  const std::vector<double> y = bench.apply(matrix, false, x);
  CHECK(matrix.size().directions[0] == 1);
  CHECK(matrix.size().unstored == 8);
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(bench.inner(y, i, y, i) == doctest::Approx(sigma * sigma * bench.inner(x, i, x, i)).epsilon(0.02));
  }
  const std::vector<double> again = bench.apply(matrix, false, x);
  CHECK(matrix.size().directions[0] == 1);
  for (std::size_t s = 0; s < y.size(); ++s) REQUIRE(again[s] == doctest::Approx(y[s]).epsilon(1e-12));
}

// The two sides of one matrix: W^T is adjoint to W wherever vectors lie, and the law is that of a Gaussian matrix.
TEST_CASE_TEMPLATE("beyond the stored directions: linear, adjoint, and W^T W of a Gaussian matrix", Real, double,
                   float) {
  constexpr std::size_t samples = 4096, count = 60;
  const double rounding = sizeof(Real) == 8 ? 1e-12 : 2e-4;
  Bench<Real> bench(samples, TP_METHOD_MC);
  ConditionedMatrix<Real> matrix(bench.space, sigma, -1.0, bench.points.options(), 3);
  const std::vector<Real> x = nonlinear(bench.gaussians(count)), y = nonlinear(bench.gaussians(count));
  bench.apply(matrix, false, x);  // which fill what is stored
  bench.apply(matrix, true, y);
  CHECK(matrix.size().directions[0] == 32);
  CHECK(matrix.size().directions[1] == 32);
  CHECK(matrix.size().unstored == 2 * (count - 32));
  const std::vector<Real> wx = bench.apply(matrix, false, x), wy = bench.apply(matrix, true, y);
  for (std::size_t i = 0; i < count; i += 7) {
    for (std::size_t j = 0; j < count; j += 5) {
      CHECK(bench.inner(y, i, wx, j) == doctest::Approx(bench.inner(wy, i, x, j)).epsilon(rounding).scale(1.0));
      const double expected = sigma * sigma * bench.inner(x, i, x, j);
      CHECK(bench.inner(wx, i, wx, j) == doctest::Approx(expected).epsilon(0.1).scale(1.0));
    }
  }
  std::vector<Real> sum(samples);
  for (std::size_t s = 0; s < samples; ++s) sum[s] = x[5 * samples + s] - Real{2} * x[50 * samples + s];
  const std::vector<Real> w_sum = bench.apply(matrix, false, sum);
  for (std::size_t s = 0; s < samples; ++s) {
    const double expected = double{wx[5 * samples + s]} - 2.0 * double{wx[50 * samples + s]};
    REQUIRE(w_sum[s] == doctest::Approx(expected).epsilon(rounding).scale(1.0));
  }
  // |W^T W x|^2 = 2 sigma^4 |x|^2: the second moment of W^T W is that of Marchenko and Pastur, not of a rotation.
  const std::vector<Real> late(wx.begin() + 50 * samples, wx.begin() + 51 * samples);
  const std::vector<Real> back = bench.apply(matrix, true, late);
  const double norm = bench.inner(x, 50, x, 50);
  CHECK(bench.inner(back, 0, back, 0) == doctest::Approx(2.0 * std::pow(sigma, 4) * norm).epsilon(0.1));
  CHECK(bench.inner(back, 0, x, 50) == doctest::Approx(sigma * sigma * norm).epsilon(0.1));
}

TEST_CASE("what is small is small among vectors of its class") {
  Bench<double> bench(4096);
  ConditionedMatrix<double> matrix(bench.space, sigma, 0.1, bench.points.options(), 0);
  bench.apply(matrix, false, bench.gaussians(2), 0);
  std::vector<double> gradients = bench.gaussians(2);
  for (double& value : gradients) value *= 1e-3;
  const std::vector<double> y = bench.apply(matrix, false, gradients, 1);
  CHECK(matrix.size().directions[0] == 4);
  CHECK(matrix.size().unstored == 0);
  const std::vector<double> again = bench.apply(matrix, false, gradients, 1);
  for (std::size_t s = 0; s < y.size(); ++s) REQUIRE(again[s] == doctest::Approx(y[s]).epsilon(1e-9).scale(1e-3));
  // Gradients of examples that fit are small among gradients.
  std::vector<double> late = bench.gaussians(1);
  for (double& value : late) value *= 1e-5;
  bench.apply(matrix, false, late, 1);
  CHECK(matrix.size().unstored == 1);
}

// A network of width M has |W p|^2 = sigma^2 |p|^2 whatever W^T has met.
TEST_CASE("the variance of a product does not grow with the directions that the transpose has met") {
  constexpr std::size_t samples = 1024, met = 400;
  Bench<double> bench(samples, TP_METHOD_MC);
  ConditionedMatrix<double> matrix(bench.space, sigma, 1e-9, bench.points.options(), 0);
  bench.apply(matrix, true, nonlinear(bench.gaussians(met)));
  CHECK(matrix.size().directions[1] == met);
  const std::vector<double> x = nonlinear(bench.gaussians(40));
  const std::vector<double> y = bench.apply(matrix, false, x);
  double ratio = 0.0;
  for (std::size_t i = 0; i < 40; ++i)
    ratio += bench.inner(y, i, y, i) / (40 * sigma * sigma * bench.inner(x, i, x, i));
  CHECK(ratio == doctest::Approx(1.0).epsilon(0.05));
}

TEST_CASE("truncate takes a call's directions back; the next call finds the same ones") {
  Bench<double> bench(512);
  ConditionedMatrix<double> matrix(bench.space, sigma, 1e-9, bench.points.options(), 0);
  const std::vector<double> x = nonlinear(bench.gaussians(100));
  bench.apply(matrix, false, {x.begin(), x.begin() + 3 * 512});
  const auto size = matrix.size();
  const auto position = bench.fresh.position();
  const std::vector<double> once = bench.apply(matrix, false, x);
  CHECK(matrix.size().directions[0] == 100);
  matrix.truncate(size);
  bench.fresh.restore(position);
  CHECK(bench.apply(matrix, false, x) == once);
}

TEST_CASE("as many directions as sample points: refused, not garbage") {
  Bench<double> bench(64);
  ConditionedMatrix<double> matrix(bench.space, sigma, 1e-9, bench.points.options(), 0);
  const std::vector<double> x = nonlinear(bench.gaussians(64));
  bench.apply(matrix, false, x);
  try {
    bench.apply(matrix, true, x);
    FAIL("not refused");
  } catch (const Failure& failure) {
    CHECK(failure.status == TP_CAPACITY);
  }
}

TEST_CASE("beyond the table's dimensions new columns are centred and orthogonal to what is stored") {
  Bench<double> bench(1024);
  ConditionedMatrix<double> matrix(bench.space, sigma, 1e-9, bench.points.options(), 0);
  bench.apply(matrix, false, nonlinear(bench.gaussians(10)));
  bench.fresh.restore(sobol_dimensions());
  const std::vector<double> y = bench.apply(matrix, false, nonlinear(bench.gaussians(4)));
  const RowStore<double>& images = matrix.family(0).images;
  double worst = 0.0, worst_mean = 0.0;
  for (std::size_t i = 10; i < images.size(); ++i) {
    double mean = 0.0;
    for (std::size_t s = 0; s < 1024; ++s) mean += images.row(i)[s] / 1024.0;
    worst_mean = std::max(worst_mean, std::abs(mean));
    for (std::size_t j = 0; j < i; ++j) {
      double sum = 0.0;
      for (std::size_t s = 0; s < 1024; ++s) sum += images.row(i)[s] * images.row(j)[s] / 1024.0;
      worst = std::max(worst, std::abs(sum));
    }
  }
  // Plain random columns would have sigma^2 / 32 = 0.09 and sigma / 32 = 0.05.
  CHECK(worst < 0.02);
  CHECK(worst_mean < 0.01);
}

TEST_CASE("exact method: coefficients in an orthonormal basis, covariance to rounding, capacity") {
  Bench<double> bench(64, TP_METHOD_EXACT);
  ConditionedMatrix<double> matrix(bench.space, sigma, 1e-9, bench.points.options(), 0);
  std::vector<double> x = bench.gaussians(3);
  for (std::size_t s = 0; s < 64; ++s) x[64 + s] = 0.5 * x[s] + 2.0 * x[64 + s];
  const std::vector<double> y = bench.apply(matrix, false, x), back = bench.apply(matrix, true, y);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      CHECK(std::abs(bench.inner(y, i, y, j) - sigma * sigma * bench.inner(x, i, x, j)) < 1e-13);
      // dot part of W^T W x: sigma^2 x.
      CHECK(std::abs(bench.inner(back, i, x, j) - sigma * sigma * bench.inner(x, i, x, j)) < 1e-13);
    }
  }
  CHECK_THROWS_AS(bench.gaussians(60), Failure);
}

// ZUpdate.
TEST_CASE_TEMPLATE("accumulated updates: panels and compressed bases agree, and with the definition", Real, double,
                   float) {
  const double rounding = sizeof(Real) == 8 ? 1e-13 : 1e-5;
  constexpr std::size_t samples = 256;
  Bench<Real> bench(samples);
  const RisingThreshold discarded = RisingThreshold::fixed(1e-6);
  UpdateStore<Real> panels(bench.space, {1000, discarded}), compressed(bench.space, {20, discarded});
  std::vector<std::vector<Real>> lefts, rights;
  const std::vector<Real> x = bench.gaussians(3);
  std::vector<Real> by_panels(3 * samples), by_bases(3 * samples);
  for (int step = 0; step < 4; ++step) {
    lefts.push_back(nonlinear(bench.gaussians(30)));
    rights.push_back(nonlinear(bench.gaussians(30)));
    for (UpdateStore<Real>* store : {&panels, &compressed}) {
      const auto append = [&](std::size_t first, std::size_t count) {
        store->append(0, 0.5 + step, lefts.back().data() + first * samples, rights.back().data() + first * samples,
                      count, bench.algebra);
      };
      append(0, 30);
      store->discard_pending();
      append(0, 20);
      append(20, 10);
      store->commit();
      CHECK(store->terms() == 30u * static_cast<std::size_t>(step + 1));
    }
    // Compressed when the panel has as many terms as the basis.
    CHECK(compressed.side(0).basis.size() == std::array<std::size_t, 4>{0, 30, 60, 60}[static_cast<std::size_t>(step)]);
    CHECK(panels.side(0).basis.size() == 0);
    for (const bool transposed : {false, true}) {
      panels.apply(0, transposed, x.data(), 3, by_panels.data(), bench.algebra);
      compressed.apply(0, transposed, x.data(), 3, by_bases.data(), bench.algebra);
      std::vector<double> expected(samples, 0.0);
      for (std::size_t t = 0; t < lefts.size(); ++t) {
        for (std::size_t i = 0; i < 30; ++i) {
          const auto& from = transposed ? lefts[t] : rights[t];
          const auto& to = transposed ? rights[t] : lefts[t];
          const double overlap = (0.5 + static_cast<double>(t)) * bench.inner(from, i, x, 1);
          for (std::size_t s = 0; s < samples; ++s) expected[s] += overlap * to[i * samples + s];
        }
      }
      double worst = 0.0, largest = 0.0;
      for (std::size_t s = 0; s < samples; ++s) {
        largest = std::max(largest, std::abs(expected[s]));
        worst = std::max(
            {worst, std::abs(by_panels[samples + s] - expected[s]), std::abs(by_bases[samples + s] - expected[s])});
      }
      CHECK(worst < rounding * 30.0 * largest);
    }
  }
}

// ZUpdate: long trainings.
TEST_CASE("updates that move slowly along few directions stay few, and what is discarded stays within the tolerance") {
  constexpr std::size_t samples = 512;
  Bench<double> bench(samples);
  UpdateStore<double> all(bench.space, {100000, {}}), exact(bench.space, {});
  UpdateStore<double> compressed(bench.space, Compression::of_samples(samples));
  const std::vector<double> left = bench.gaussians(12), right = bench.gaussians(12), x = bench.gaussians(1);
  const auto along = [&](const std::vector<double>& directions, double time) {
    std::vector<double> vector(samples);
    for (std::size_t i = 0; i < 12; ++i) {
      // Slowly along the first ones, ever less along the later ones: down to 1e-9.
      const double size = std::pow(10.0, -0.8 * static_cast<double>(i)) * std::cos(0.3 * time * static_cast<double>(i));
      for (std::size_t s = 0; s < samples; ++s) vector[s] += size * directions[i * samples + s];
    }
    return vector;
  };
  for (int step = 0; step < 600; ++step) {
    const std::vector<double> l = along(left, 0.01 * step), r = along(right, 0.02 * step);
    for (UpdateStore<double>* store : {&all, &compressed, &exact}) {
      store->append(0, -0.1, l.data(), r.data(), 1, bench.algebra);
      store->commit();
    }
  }
  CHECK(all.terms() == 600);
  CHECK(compressed.terms() == 600);
  CHECK(compressed.side(0).basis.size() <= 9);
  CHECK(exact.rank() < 600);
  std::vector<double> expected(samples), close(samples), same(samples);
  all.apply(0, false, x.data(), 1, expected.data(), bench.algebra);
  compressed.apply(0, false, x.data(), 1, close.data(), bench.algebra);
  exact.apply(0, false, x.data(), 1, same.data(), bench.algebra);
  double largest = 0.0, discarded = 0.0, rounded = 0.0;
  for (std::size_t s = 0; s < samples; ++s) {
    largest = std::max(largest, std::abs(expected[s]));
    discarded = std::max(discarded, std::abs(close[s] - expected[s]));
    rounded = std::max(rounded, std::abs(same[s] - expected[s]));
  }
  CHECK(discarded < 1e-5 * largest);
  CHECK(discarded > 1e-12 * largest);  // something was
  CHECK(rounded < 1e-12 * largest);
}

// ZShare.
TEST_CASE("combined updates share their terms: columns and cores follow the linear recursion") {
  constexpr std::size_t samples = 256;
  Bench<double> bench(samples);
  UpdateStore<double> panels(bench.space, {1000, {}}), compressed(bench.space, {10, RisingThreshold::fixed(1e-6)});
  for (UpdateStore<double>* store : {&panels, &compressed}) REQUIRE(store->add_member() == 1);
  const std::vector<double> x = bench.gaussians(1);
  std::vector<double> expected[2] = {std::vector<double>(samples), std::vector<double>(samples)};
  for (int step = 0; step < 6; ++step) {
    const std::vector<double> left = bench.gaussians(10), right = nonlinear(bench.gaussians(10));
    const double decay = 0.9 - 0.05 * step, rate = -0.3, momentum = 0.7, carried = 0.2;
    for (UpdateStore<double>* store : {&panels, &compressed}) {
      store->combine(0, 1, 5.0);
      store->append(1, 3.0, left.data(), right.data(), 10, bench.algebra);
      store->discard_pending();  // a step that failed leaves nothing behind
      store->append(0, rate, left.data(), right.data(), 10, bench.algebra);
      store->append(1, 1.0, left.data(), right.data(), 10, bench.algebra);
      store->combine(0, 0, decay);
      store->combine(0, 1, rate * momentum);
      if (step % 3 != 2) {  // else the second keeps its own
        store->combine(1, 1, momentum);
        store->combine(1, 0, carried);
      }
      store->commit();
      CHECK(store->terms() == 10u * static_cast<std::size_t>(step + 1));
    }
    CHECK(compressed.side(1).basis.size() ==
          std::array<std::size_t, 6>{0, 10, 20, 20, 40, 40}[static_cast<std::size_t>(step)]);
    for (std::size_t s = 0; s < samples; ++s) {
      double added = 0.0;
      for (std::size_t i = 0; i < 10; ++i) added += bench.inner(right, i, x, 0) * left[i * samples + s];
      const double weight = expected[0][s], velocity = expected[1][s];
      expected[0][s] = decay * weight + rate * momentum * velocity + rate * added;
      expected[1][s] = (step % 3 != 2 ? momentum * velocity + carried * weight : velocity) + added;
    }
    for (std::size_t member : {0u, 1u}) {
      for (UpdateStore<double>* store : {&panels, &compressed}) {
        std::vector<double> y(samples);
        store->apply(member, false, x.data(), 1, y.data(), bench.algebra);
        double worst = 0.0;
        for (std::size_t s = 0; s < samples; ++s) worst = std::max(worst, std::abs(y[s] - expected[member][s]));
        CHECK(worst < 1e-11);
      }
    }
  }
}

TEST_CASE("updates that are zero have no directions, and training goes on from them") {
  constexpr std::size_t samples = 256, rows = 12;
  Bench<double> bench(samples);
  const auto x = bench.gaussians(1), given = bench.gaussians(rows), other = bench.gaussians(rows);
  const std::vector<double> zero(rows * samples, 0.0);
  for (const bool left_is_zero : {true, false}) {
    for (const bool right_is_zero : {true, false}) {
      UpdateStore<double> store(bench.space, {10, RisingThreshold::fixed(1e-6)});
      const std::vector<double>&left = left_is_zero ? zero : given, &right = right_is_zero ? zero : other;
      std::vector<double> expected(samples, 0.0), y(samples);
      for (int step = 0; step < 4; ++step) {  // those after the first gather what came before
        const std::vector<double>&l = step == 3 ? given : left, &r = step == 3 ? other : right;
        store.append(0, 1.0, l.data(), r.data(), rows, bench.algebra);
        store.commit();
        for (std::size_t i = 0; i < rows; ++i) {
          const double overlap = bench.inner(r, i, x, 0);
          for (std::size_t s = 0; s < samples; ++s) expected[s] += overlap * l[i * samples + s];
        }
        store.apply(0, false, x.data(), 1, y.data(), bench.algebra);
        for (std::size_t s = 0; s < samples; ++s) REQUIRE(std::abs(y[s] - expected[s]) < 1e-9);
      }
      const bool is_zero = left_is_zero || right_is_zero;
      CHECK((store.side(0).basis.size() == 0) == is_zero);
      CHECK((store.side(1).basis.size() == 0) == is_zero);
    }
  }
}
