// Planes of parametrizations: the diagram's pieces against the theorem for MLPs (math.md section 2) at points that the
// search has not seen, and boundaries that its lattice does not contain.
#include "passes/mup/phase_diagram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "passes/mup/boundary_lines.h"

namespace {

using namespace tpc;
using ir::Rational;
using passes::PlanePoint;
using passes::Regime;

const Rational half(1, 2), one(1);

/// The theorem with stable starts of all weights but the readout: `alpha` is its a + b, `rates` are 2 a + c, input
/// first, readout last.
Regime theorem(const Rational& alpha, const std::vector<Rational>& rates) {
  const Rational beta = rates.back(), k = std::min(alpha, beta);
  Rational r = rates[0] + k;
  for (size_t l = 1; l + 1 < rates.size(); ++l) r = std::min(r, rates[l] + k - one);
  if (alpha < half || r < Rational(0) || beta < one || alpha + r < one) return Regime::unstable;
  if (alpha + r != one && beta != one) return Regime::trivial;
  return r.is_zero() ? Regime::feature_learning : Regime::kernel;
}

/// Points with denominators that no boundary has, points on the lattice of halves, and points on boundaries.
void check_plane(const passes::PlaneFrame& frame, const std::function<Regime(const PlanePoint&)>& regime_at) {
  const passes::PhaseDiagram diagram = passes::phase_diagram(frame, Rational(1, 4), regime_at);
  CHECK(diagram.confirmed);
  std::mt19937_64 engine(7);
  std::array<int, 4> met{};
  for (int trial = 0; trial < 4000; ++trial) {
    const auto denominator = std::uniform_int_distribution<int64_t>(1, 12)(engine);
    const auto coordinate = [&](const Rational& least, const Rational& most) {
      const auto steps = static_cast<int64_t>((most - least).value()) * denominator;
      return least + Rational(std::uniform_int_distribution<int64_t>(0, steps)(engine), denominator);
    };
    const PlanePoint point{coordinate(frame.least.x, frame.most.x), coordinate(frame.least.y, frame.most.y)};
    const Regime expected = regime_at(point);
    ++met[static_cast<size_t>(expected)];
    INFO("at x = " << point.x.str() << ", y = " << point.y.str());
    REQUIRE(passes::shown_regime(diagram, point) == expected);
  }
  CHECK(std::ranges::count(met, 0) <= 1);  // a plane that shows something
}

}  // namespace

TEST_CASE("all learning rates against the start of the readout") {
  for (const size_t depth : {1U, 2U, 5U}) {
    std::vector<Rational> maximal(depth + 1, Rational(0));
    maximal.front() = -1, maximal.back() = 1;
    check_plane({{-1, Rational(-1)}, {1, 1}}, [&](const PlanePoint& point) {
      std::vector<Rational> rates = maximal;
      for (Rational& rate : rates) rate += point.x;
      return theorem(one + point.y, rates);
    });
  }
}

TEST_CASE("the rate of one weight against that of another") {
  check_plane({{-2, -2}, {1, 1}}, [](const PlanePoint& point) { return theorem(one, {point.x, point.y, one}); });
  check_plane({{-1, 0}, {1, 2}},
              [](const PlanePoint& point) { return theorem(half, {half, point.x + half, point.y}); });
}

TEST_CASE("a plane in which several parametrizations lie, with slanted boundaries") {
  const auto mix = [](const PlanePoint& p, int64_t mup, int64_t sp, int64_t ntp) {
    return Rational(mup) + p.x * Rational(sp - mup) + p.y * Rational(ntp - mup);
  };
  check_plane({{-1, -1}, {2, 2}}, [&](const PlanePoint& p) {
    return theorem(one - half * p.x - half * p.y, {mix(p, -1, 0, 0), mix(p, 0, 0, 1), mix(p, 1, 0, 1)});
  });
}

TEST_CASE("boundaries off the lattice are found exactly") {
  const auto regime_at = [](const PlanePoint& p) {
    const Rational value = Rational(3) * p.x - Rational(2) * p.y - Rational(1, 7);
    return value.sign() > 0 ? Regime::unstable : value.is_zero() ? Regime::feature_learning : Regime::trivial;
  };
  check_plane({{-1, -1}, {1, 1}}, regime_at);
}

TEST_CASE("the simplest fraction between two others") {
  CHECK(passes::simplest_between(Rational(1, 3), half) == half);
  CHECK(passes::simplest_between(Rational(-5, 7), Rational(-2, 3)) == Rational(-2, 3));
  CHECK(passes::simplest_between(Rational(311, 1000), Rational(313, 1000)) == Rational(5, 16));
  CHECK(passes::simplest_between(Rational(2), Rational(3)) == Rational(2));
}
