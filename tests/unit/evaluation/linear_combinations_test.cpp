#include "evaluation/interpreter/linear_combinations.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace tpc::evaluation::interpreter {
namespace {

using Numbers1D = std::vector<double>;

Numbers1D random_numbers(Index count, double share_of_zeros, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  Numbers1D numbers(static_cast<size_t>(count));
  for (double& number : numbers) number = uniform(random) < share_of_zeros ? 0.0 : normal(random);
  return numbers;
}

Numbers1D by_definition(const CoefficientMatrix& c, const Numbers1D& in, Index length) {
  Numbers1D result(static_cast<size_t>(c.rows * length), 0.0);
  for (Index i = 0; i < c.rows; ++i) {
    for (Index j = 0; j < c.columns; ++j) {
      for (Index k = 0; k < length; ++k) {
        result[static_cast<size_t>(i * length + k)] +=
            c.data[i * c.row_stride + j * c.column_stride] * in[static_cast<size_t>(j * length + k)];
      }
    }
  }
  return result;
}

void check_same(const Numbers1D& got, const Numbers1D& expected) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    if (std::abs(got[i] - expected[i]) > 1e-12) FAIL("number " << i << ": " << got[i] << ", not " << expected[i]);
  }
}

TEST_CASE("sums of few columns, in any layout of the coefficients and for any length") {
  std::mt19937_64 random(1);
  for (const Index length : {32, 33, 64, 100}) {
    const Numbers1D values = random_numbers(5 * 3, 0.3, random), in = random_numbers(3 * length, 0.0, random);
    for (const bool transposed : {false, true}) {
      const CoefficientMatrix c{values.data(), 5, 3, transposed ? 1 : 3, transposed ? 5 : 1};
      Numbers1D result(static_cast<size_t>(5 * length), 7.0);
      combine(c, in.data(), length, result.data());
      check_same(result, by_definition(c, in, length));
    }
  }
}

TEST_CASE("coefficients with many zeros are summed, others are left to a matrix product") {
  std::mt19937_64 random(2);
  constexpr Index columns = 300, length = 1000;
  const Numbers1D in = random_numbers(columns * length, 0.0, random);
  for (const Index rows : {2, 40}) {  // few sums read the columns where they are
    const Numbers1D sparse = random_numbers(rows * columns, 0.9, random), dense(sparse.size(), 1.0);
    for (const bool transposed : {false, true}) {
      const CoefficientMatrix c{sparse.data(), rows, columns, transposed ? 1 : columns, transposed ? rows : 1};
      Numbers1D result(static_cast<size_t>(rows * length), 7.0);
      CHECK(combine_if_sparse(c, in.data(), length, result.data()));
      check_same(result, by_definition(c, in, length));
    }
    Numbers1D untouched(static_cast<size_t>(rows * length), 7.0);
    CHECK_FALSE(combine_if_sparse({dense.data(), rows, columns, columns, 1}, in.data(), length, untouched.data()));
    check_same(untouched, Numbers1D(untouched.size(), 7.0));
  }
}

}  // namespace
}  // namespace tpc::evaluation::interpreter
