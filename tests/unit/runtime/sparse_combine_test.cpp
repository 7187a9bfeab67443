// Linear combinations with few nonzero coefficients: the same as the dense product.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "runtime/algebra/sample_algebra.h"

namespace tpc::runtime {
namespace {

/// rows x columns, the given share of them not 0.
std::vector<double> coefficients(std::size_t rows, std::size_t columns, double share, std::mt19937& generator) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<double> result(rows * columns);
  for (double& entry : result) entry = uniform(generator) < share ? uniform(generator) - 0.5 : 0.0;
  return result;
}

template <class Real>
std::vector<Real> random_values(std::size_t count, std::mt19937& generator) {
  std::normal_distribution<double> normal;
  std::vector<Real> result(count);
  for (Real& value : result) value = static_cast<Real>(normal(generator));
  return result;
}

template <class Real>
void check_combine(std::size_t second_part, std::size_t samples, double share, bool add, double tolerance) {
  CAPTURE(second_part);
  CAPTURE(samples);
  CAPTURE(share);
  CAPTURE(add);
  constexpr std::size_t rows = 7, first_part = 5, padding = 16;
  const std::size_t columns = first_part + second_part;
  std::mt19937 generator(17);
  const std::vector<double> weights = coefficients(rows, columns, share, generator);
  const std::size_t stride = samples + padding;
  const std::vector<Real> in = random_values<Real>(columns * stride, generator);
  std::vector<Real> out = random_values<Real>(rows * stride, generator);
  const std::vector<Real> before = out;
  SampleSpace space;
  space.count = samples;
  SampleAlgebra<Real> algebra(space);
  algebra.combine(-2.0, weights.data(), columns,
                  {{in.data(), first_part, stride}, {in.data() + first_part * stride, second_part, stride}}, out.data(),
                  rows, stride, add);
  double worst = 0.0;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t s = 0; s < stride; ++s) {
      double expected = add || s >= samples ? static_cast<double>(before[i * stride + s]) : 0.0;
      for (std::size_t j = 0; j < columns && s < samples; ++j) {
        expected -= 2.0 * weights[i * columns + j] * static_cast<double>(in[j * stride + s]);
      }
      worst = std::max(worst, std::abs(expected - static_cast<double>(out[i * stride + s])));
    }
  }
  CHECK(worst < tolerance);
}

TEST_CASE("combinations with any share of nonzero coefficients") {
  for (const double share : {0.0, 0.1, 0.2, 0.9}) {
    for (const bool add : {false, true}) {
      for (const std::size_t samples : {64u, 192u, 2112u}) {
        check_combine<double>(12, samples, share, add, 1e-13);
        check_combine<float>(12, samples, share, add, 2e-5);
      }
      check_combine<double>(250, 192, share, add, 1e-12);  // more than are summed at a time
      check_combine<float>(250, 192, share, add, 2e-4);
    }
  }
}

TEST_CASE("coefficients of which many are not 0 are left to the dense product") {
  SparseCoefficients<double> sparse;
  const std::vector<double> dense(100, 1.0);
  CHECK_FALSE(sparse.assign(1.0, dense.data(), 10, 10, 10));
  std::vector<double> some(100, 0.0);
  some[3] = some[47] = 2.0;
  CHECK(sparse.assign(1.0, some.data(), 10, 10, 10));
  CHECK(sparse.assign(1.0, some.data(), 0, 10, 10));
}

}  // namespace
}  // namespace tpc::runtime
