// Equations of one form are printed once; numbers that stand for others are written under their names.
#include <doctest/doctest.h>

#include <cmath>

#include "equations/fold_names.h"
#include "equations/symbolic.h"

namespace m = tpc::equations::math;
using tpc::equations::fold_names;

namespace {

m::Math z_of(const std::string& accent, const std::string& name) { return m::symbol(accent, name, {"t", "i"}); }

/// Z^{made} = hatZ^{matrix x}
m::Equation product_of(const std::string& made, const std::string& matrix, const std::string& x) {
  return {z_of("Z", made), z_of("hatZ", matrix + " " + x), ""};
}

}  // namespace

TEST_CASE("three equations that are equal up to names become one") {
  std::vector<m::Equation> equations = {product_of("key", "K", "e"),
                                        {z_of("Z", "other"), m::number(1), ""},
                                        product_of("value", "P", "e"),
                                        product_of("query", "Q", "e")};
  fold_names(equations);
  REQUIRE(equations.size() == 2);
  CHECK(equations[0].remark == "likewise (value, P), (query, Q) for (key, K)");
  CHECK(m::render_text(equations[1].left) == "Z^{other}_{t,i}");
}

TEST_CASE("two of them stay, and so do layers, each of which is made of the one before") {
  std::vector<m::Equation> two = {product_of("key", "K", "e"), product_of("value", "P", "e")};
  fold_names(two);
  CHECK(two.size() == 2);
  std::vector<m::Equation> layers = {product_of("a", "K", "x"), product_of("b", "P", "a"), product_of("c", "Q", "b")};
  fold_names(layers);
  CHECK(layers.size() == 3);
}

TEST_CASE("names must be exchanged for each other everywhere") {
  std::vector<m::Equation> equations = {product_of("a", "A", "a"), product_of("b", "B", "c"),
                                        product_of("d", "D", "d")};
  fold_names(equations);
  CHECK(equations.size() == 3);
}

TEST_CASE("numbers are written as simple multiples of named values") {
  const std::vector<double> values = tpc::equations::distinct_values(3);
  const std::vector<tpc::equations::NamedNumber> names = {
      {"η", "", values[0]}, {"σ", "U", values[1]}, {"σ", "W", values[2]}};
  const auto written = [&](m::Math math) {
    tpc::equations::write_names(math, names);
    return m::render_text(math);
  };
  const m::Math x = m::symbol("", "x", {});
  CHECK(written(m::product({m::number(-2 * values[0]), x})) == "-2 η x");
  CHECK(written(m::power(m::number(values[2]), 2)) == "σ_{W}^2");
  CHECK(written(m::number(values[1] * values[1])) == "σ_{U}^2");
  CHECK(written(m::number(0.5 * values[0] * values[1])) == "0.5 η σ_{U}");
  CHECK(written(m::number(1.0 / 3.0)) == m::render_text(m::number(1.0 / 3.0)));
  CHECK(written(m::number(0.25)) == "0.25");
  for (const double value : values) {
    for (const double other : values) CHECK(std::abs(value * other * 1000 - std::round(value * other * 1000)) > 1e-9);
  }
}
