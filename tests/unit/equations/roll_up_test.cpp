// Rolling up: what is printed once stands for exactly the equations it replaced.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "equations/roll_up.h"

namespace m = tpc::equations::math;
using tpc::equations::roll_up;

namespace {

std::string numbered(const std::string& name, int number) { return name + std::to_string(number); }

m::Math h(int step) { return m::symbol("Z", numbered("h", step), {"t"}); }

std::vector<std::string> texts(const std::vector<m::Equation>& equations) {
  std::vector<std::string> result;
  for (const m::Equation& e : equations) {
    result.push_back(m::render_text(e.left) + " = " + m::render_text(e.right) +
                     (e.remark.empty() ? "" : " (" + e.remark + ")"));
  }
  return result;
}

std::vector<std::string> rolled(std::vector<m::Equation> equations, const std::set<std::string>& names = {}) {
  roll_up(equations, names);
  return texts(equations);
}

}  // namespace

TEST_CASE("a recurrence is printed once, its first step apart") {
  std::vector<m::Equation> equations{{h(1), m::symbol("", "x1", {}), {}}};
  for (int step = 2; step <= 64; ++step) {
    equations.push_back({h(step), m::plus({h(step - 1), m::symbol("", numbered("x", step), {})}), {}});
  }
  CHECK(rolled(equations) ==
        std::vector<std::string>{"Z^{h1}_{t} = x1", "Z^{h[l]}_{t} = Z^{h[l-1]}_{t} + x[l] (for l = 2..64)"});
}

TEST_CASE("equations in turn, downwards, with remarks that move along") {
  std::vector<m::Equation> equations;
  for (int step = 9; step >= 2; --step) {
    equations.push_back({m::symbol("", numbered("a", step), {}), h(10 - step), "of W" + std::to_string(step + 1)});
    equations.push_back({h(step), m::symbol("", numbered("a[", step) + "]", {}), {}});
  }
  CHECK(rolled(equations) == std::vector<std::string>{"a[l] = Z^{h[10-l]}_{t} (of W[l+1]; for l = 9..2)",
                                                      "Z^{h[l]}_{t} = a[l] (for l = 9..2)"});
}

TEST_CASE("sums inside an equation; an index of its own where equations move too") {
  std::vector<m::Equation> equations;
  for (int step = 1; step <= 5; ++step) {
    std::vector<m::Math> terms{m::symbol("", "b", {})};
    for (int other = 8; other > step; --other) {
      terms.push_back(m::negate(m::product({m::number(0.5), h(other), h(step)})));
    }
    equations.push_back({h(step), m::plus(terms), {}});
  }
  const auto result = rolled(equations, {"l"});
  REQUIRE(result.size() == 2);  // three terms are too few to roll up, so the last equation looks different
  CHECK(result[0] == "Z^{h[m]}_{t} = b - 0.5 Σ_{p=m+1..8} Z^{h[p]}_{t} Z^{h[m]}_{t} (for m = 1..4)");
  CHECK(result[1] ==
        "Z^{h5}_{t} = b - 0.5 Z^{h8}_{t} Z^{h5}_{t} - 0.5 Z^{h7}_{t} Z^{h5}_{t} - 0.5 Z^{h6}_{t} Z^{h5}_{t}");
}

TEST_CASE("what is not a loop stays as it is") {
  auto stays = [](const std::vector<m::Equation>& equations) { CHECK(rolled(equations) == texts(equations)); };
  stays({{h(1), h(0), {}}, {h(2), h(1), {}}, {h(3), h(2), {}}});                                      // too short
  stays({{h(1), h(1), {}}, {h(2), h(2), {}}, {h(4), h(3), {}}, {h(5), h(4), {}}, {h(7), h(5), {}}});  // gaps
  stays({{h(1), h(1), {}}, {h(1), h(1), {}}, {h(1), h(1), {}}, {h(1), h(1), {}}});                    // nothing moves
  std::vector<m::Equation> powers, constants;
  for (int k = 1; k <= 6; ++k) {
    powers.push_back({m::symbol("", "a", {}), m::power(h(1), k), {}});
    constants.push_back({h(k), m::number(k), {}});
  }
  stays(powers);
  stays(constants);
}

TEST_CASE("LaTeX: an index in brackets is an index, a range has two ends") {
  CHECK(m::latex_name("W[l-1]^T h[l]") == "{W}_{l-1}^{\\top}\\,{h}_{l}");
  CHECK(m::latex_name("z1[l]") == "{z_{1}}_{l}");
  CHECK(m::render_latex(m::sum("m=l+1..64", m::symbol("", "a", {}))) == "\\sum_{m=l+1}^{64} {a}");
}
