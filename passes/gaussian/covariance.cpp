#include "passes/gaussian/covariance.h"

#include <limits>
#include <numbers>

namespace tpc::passes::gaussian {
namespace {

/// Sums of some dozens of terms, each rounded.
constexpr double rounding = 64.0 * std::numeric_limits<double>::epsilon();

ValueId sub(Scalars& f, ValueId x, ValueId y) { return f.add(x, f.neg(y)); }
ValueId absolute(Scalars& f, ValueId x) { return f.map(Primitive::Abs, x); }
/// x, or 0 where |x| < bound.
ValueId unless_below(Scalars& f, ValueId x, ValueId bound) {
  return f.mul(x, f.map(Primitive::Step, sub(f, absolute(f, x), bound)));
}
/// deviations - |s|.
ValueId shortfall(Scalars& f, const Covariance& c) {
  return f.mul(f.mul(2.0, deviations(f, c)), f.power(half_sine(f, c), 2));
}
/// 1, or 0 without variance.
ValueId has_variance(Scalars& f, const Covariance& c) {
  return f.mul(f.map(Primitive::Sign, c.p), f.map(Primitive::Sign, c.q));
}

/// How far E phi(u) phi(v) is below its value for the angle 0 (`line`: for the nearer of the angles 0 and pi), and that
/// value: sums of positive terms, no differences of nearly equal ones.
struct Gap {
  ValueId from, largest;
};
Gap gap_of_step(Scalars& f, const Homogeneous& phi, const Covariance& c, bool line) {
  const double even = phi.even * phi.even, odd = phi.odd * phi.odd;
  const ValueId present = has_variance(f, c),
                angle = f.mul(2 / std::numbers::pi, acute_angle(f, c));  // 1 - (2/pi) asin |c|
  ValueId gap = angle;
  if (!line) {  // 1 - (2/pi) asin c
    const ValueId one = f.number(1.0);
    gap = f.add(angle, f.mul(sub(f, one, f.map(Primitive::Sign, c.s)), sub(f, one, angle)));
  }
  return {f.mul(present, f.mul(odd, gap)), f.mul(even + odd, present)};
}
/// Of |u| |v|: deviations - (2/pi) (area + |s| (pi/2 - angle)); of u v: deviations - s.
Gap gap_of_ramp(Scalars& f, const Homogeneous& phi, const Covariance& c) {
  const double even = phi.even * phi.even, odd = phi.odd * phi.odd;
  const ValueId size = absolute(f, c.s);
  const ValueId arc = sub(f, c.area, f.mul(size, acute_angle(f, c)));
  const ValueId of_both = f.mul(even + odd, shortfall(f, c));
  const ValueId gap = f.add(f.add(of_both, f.mul(-2 / std::numbers::pi * even, arc)), f.mul(odd, sub(f, size, c.s)));
  return {gap, f.mul(even + odd, deviations(f, c))};
}

}  // namespace

ValueId deviations(Scalars& f, const Covariance& c) { return f.mul(f.root(c.p), f.root(c.q)); }

ValueId half_sine(Scalars& f, const Covariance& c) {
  const ValueId size = deviations(f, c);
  return f.correlation(c.area, f.mul(f.mul(2.0, size), f.add(size, absolute(f, c.s))));
}

ValueId sine(Scalars& f, const Covariance& c) {
  return f.add(f.correlation(c.area, f.mul(c.p, c.q)), sub(f, f.number(1.0), has_variance(f, c)));
}

ValueId acute_angle(Scalars& f, const Covariance& c) { return f.mul(2.0, f.map(Primitive::Asin, half_sine(f, c))); }

ValueId asin_of_correlation(Scalars& f, const Covariance& c) {
  return f.mul(f.map(Primitive::Sign, c.s), sub(f, f.number(std::numbers::pi / 2), acute_angle(f, c)));
}

ValueId area_by_difference(Scalars& f, const Covariance& c) {
  const ValueId correlation = f.correlation(c.s, f.mul(c.p, c.q));
  const ValueId rest = sub(f, f.number(1.0), f.power(correlation, 2));
  return f.mul(deviations(f, c), f.root(unless_below(f, rest, f.number(rounding))));
}

/// With h = sin(B/2), B the acute angle: sin(pi/4 - B/2) = (cos(B/2) - sin(B/2)) / sqrt(2), and c = cos^2 - sin^2 of
/// B/2.
ValueId asin_of_small_correlation(Scalars& f, const Covariance& c) {
  const ValueId sine = half_sine(f, c), cosine = f.root(sub(f, f.number(1.0), f.power(sine, 2)));
  const ValueId correlation = f.correlation(c.s, f.mul(c.p, c.q));
  const ValueId half = f.div(correlation, f.mul(std::numbers::sqrt2, f.add(cosine, sine)));
  return f.mul(2.0, f.map(Primitive::Asin, half));
}

/// The Gram matrices add up, and det(A + B) = det A + det B + p q' + q p' - 2 s s', of which
/// p q' + q p' - 2 s s' = (sqrt(p q') - sqrt(q p'))^2 + 2 (sqrt(p q p' q') - s s').
Covariance sum_of_orthogonal(Scalars& f, const Covariance& one, const Covariance& two) {
  const ValueId across = f.mul(f.root(one.p), f.root(two.q)), back = f.mul(f.root(one.q), f.root(two.p));
  const ValueId radial = unless_below(f, sub(f, across, back), f.mul(rounding, across));
  const ValueId size = absolute(f, one.s), product = f.mul(one.s, two.s);
  const ValueId angular = f.add(f.add(f.mul(shortfall(f, one), deviations(f, two)), f.mul(size, shortfall(f, two))),
                                sub(f, absolute(f, product), product));
  const ValueId squares = f.add(f.power(one.area, 2), f.power(two.area, 2));
  const ValueId area = f.root(f.add(squares, f.add(f.power(radial, 2), f.mul(2.0, angular))));
  return {f.add(one.p, two.p), f.add(one.q, two.q), f.add(one.s, two.s), area};
}

Covariance scaled(Scalars& f, const Covariance& c, ValueId a, ValueId b) {
  return {f.mul(f.power(a, 2), c.p), f.mul(f.power(b, 2), c.q), f.mul(f.mul(a, b), c.s),
          f.mul(f.mul(absolute(f, a), absolute(f, b)), c.area)};
}

ValueId area_of_homogeneous(Scalars& f, const Homogeneous& phi, const Covariance& c) {
  // An odd or even function makes of opposite inputs what it makes of equal ones.
  const bool line = phi.even == 0.0 || phi.odd == 0.0;
  if (phi.degree == 1 && phi.even == 0.0) return f.mul(phi.odd * phi.odd, c.area);
  const Gap gap = phi.degree == 0 ? gap_of_step(f, phi, c, line) : gap_of_ramp(f, phi, c);
  const ValueId square = f.mul(gap.from, sub(f, f.mul(2.0, gap.largest), gap.from));
  return f.root(f.map(Primitive::Relu, square));
}

}  // namespace tpc::passes::gaussian
