// Rows as combinations of fewer orthonormal ones, by their inner products.
#include "runtime/algebra/row_factor.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace tpc::runtime;

namespace {

constexpr std::size_t length = 6;
using Rows = std::vector<std::vector<double>>;

std::vector<double> gram(const Rows& rows) {
  std::vector<double> products(rows.size() * rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.size(); ++j) {
      for (std::size_t s = 0; s < length; ++s) products[i * rows.size() + j] += rows[i][s] * rows[j][s];
    }
  }
  return products;
}

}  // namespace

TEST_CASE("rows are what their coordinates say, in rows that combinations make and that are orthonormal") {
  Rows rows = {{1, 2, 0, 0, 1, 0}, {0, 0, 0, 0, 0, 0}, {2, 4, 0, 0, 2, 0}, {0, 1, 1, 0, -1, 3}, {1, 3, 1, 0, 0, 3}};
  rows.push_back({0.5, 0, 0, 2, 0, 0});
  const RowFactor factor(gram(rows), rows.size(), 1e-7);
  REQUIRE(factor.rank() == 3);  // a zero, a multiple and a sum bring in nothing
  std::vector<double> identity(9);
  for (std::size_t i = 0; i < 3; ++i) identity[i * 3 + i] = 1.0;
  const std::vector<double> combination = factor.combination(identity, 3);
  Rows family(3, std::vector<double>(length));
  for (std::size_t j = 0; j < 3; ++j) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t s = 0; s < length; ++s) family[j][s] += combination[j * rows.size() + i] * rows[i][s];
    }
  }
  const std::vector<double> products = gram(family);
  for (std::size_t i = 0; i < 9; ++i) CHECK(products[i] == doctest::Approx(identity[i]).epsilon(1e-12).scale(1.0));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t s = 0; s < length; ++s) {
      double value = 0.0;
      for (std::size_t j = 0; j < 3; ++j) value += factor.coordinates()[i * 3 + j] * family[j][s];
      CHECK(value == doctest::Approx(rows[i][s]).epsilon(1e-12).scale(1.0));
    }
  }
}

TEST_CASE("no rows, no family") {
  const RowFactor factor({}, 0, 1e-7);
  CHECK(factor.rank() == 0);
  CHECK(factor.combination({}, 0).empty());
}
