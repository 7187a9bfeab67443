// Directions of a set of inputs: orthogonal, ordered, with the right rank.
#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include "runtime/algebra/principal_components.h"

using namespace tpc::runtime;

TEST_CASE("principal components: orthogonal, by decreasing second moment, rank found") {
  constexpr std::size_t size = 6, rank = 3;
  std::mt19937 random(23);
  std::normal_distribution<double> normal;
  std::vector<double> basis(rank * size);
  for (double& value : basis) value = normal(random);
  for (const std::size_t count : {4u, 50u}) {
    std::vector<double> rows(count * size, 0.0);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t r = 0; r < rank; ++r) {
        const double coefficient = normal(random);
        for (std::size_t j = 0; j < size; ++j) rows[i * size + j] += coefficient * basis[r * size + j];
      }
    }
    const PrincipalComponents components = principal_components(rows.data(), count, size);
    CHECK(components.rank == rank);
    double previous = INFINITY;
    for (std::size_t c = 0; c < size; ++c) {
      for (std::size_t other = 0; other <= c; ++other) {
        double sum = 0.0;
        for (std::size_t j = 0; j < size; ++j)
          sum += components.matrix[j * size + c] * components.matrix[j * size + other];
        CHECK(std::abs(sum - (c == other ? 1.0 : 0.0)) < 1e-12);
      }
      double moment = 0.0;
      for (std::size_t i = 0; i < count; ++i) {
        double projection = 0.0;
        for (std::size_t j = 0; j < size; ++j) projection += rows[i * size + j] * components.matrix[j * size + c];
        moment += projection * projection;
      }
      CHECK(moment <= previous + 1e-9);
      if (c >= rank) CHECK(moment < 1e-18);
      previous = moment;
    }
  }
}
