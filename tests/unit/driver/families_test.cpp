#include "driver/report/families.h"

#include <doctest/doctest.h>

using tpc::driver::collapse_families;
using tpc::driver::NamedExponents;
using Lines = std::vector<NamedExponents>;

TEST_CASE("a family of which the same is said is one line, at its first member's place") {
  const Lines lines{{"U", "x"}, {"W[2]", "y"}, {"b", "x"}, {"W[3]", "y"}, {"V", "z"}};
  CHECK(collapse_families(lines) == Lines{{"U", "x"}, {"W", "y"}, {"b", "x"}, {"V", "z"}});
}

TEST_CASE("a family whose members differ keeps its lines") {
  const Lines lines{{"W[2]", "y"}, {"W[3]", "z"}, {"G[1]", "y"}};
  CHECK(collapse_families(lines) == Lines{{"W[2]", "y"}, {"W[3]", "z"}, {"G", "y"}});
}

TEST_CASE("names that only begin alike are no family") {
  const Lines lines{{"W", "y"}, {"W1", "y"}, {"W2", "y"}};
  CHECK(collapse_families(lines) == lines);
  CHECK(collapse_families({}).empty());
}
