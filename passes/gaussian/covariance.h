/// \file Two centred jointly Gaussian variables u, v, or any two elements of L^2: their inner products, and the area
/// they span. Between nearly parallel ones the area carries what the inner products have lost to rounding: 1 - c of
/// their correlation c is (area / deviations)^2 / (1 + c), and asin c moves by sqrt(1 - c). README.md has the
/// mathematics. Shown by: tests/unit/codegen/gaussian_test.cpp (against integrals at angles down to 1e-12).
#pragma once

#include "passes/gaussian/scalars.h"

namespace tpc::passes::gaussian {

/// p = E u^2, q = E v^2, s = E uv, area = sqrt(p q - s^2) with a small relative error; invalid ids are zero.
struct Covariance {
  ValueId p, q, s, area;
};

/// The same of (v, u).
inline Covariance swapped(const Covariance& c) { return {c.q, c.p, c.s, c.area}; }

/// sqrt(p) sqrt(q).
ValueId deviations(Scalars& f, const Covariance& c);
/// The sine of half the angle between the lines of u and v: sin^2 = (deviations - |s|) / (2 deviations); 0 without
/// variance.
ValueId half_sine(Scalars& f, const Covariance& c);
/// The angle between the lines of u and v, in [0, pi/2]: acos |c|.
ValueId acute_angle(Scalars& f, const Covariance& c);
/// sin(angle), with which v = sqrt(q) (c x + sine y) for u = sqrt(p) x; 1 without variance.
ValueId sine(Scalars& f, const Covariance& c);
/// asin c = sign(s) (pi/2 - acute_angle), to the last digit of pi/2.
ValueId asin_of_correlation(Scalars& f, const Covariance& c);
/// asin c with a small relative error also near c = 0: for variables whose sizes may be small against the widths that
/// they are compared with.
ValueId asin_of_small_correlation(Scalars& f, const Covariance& c);

/// The area of inner products that are known no better than as such: differences below rounding are none.
ValueId area_by_difference(Scalars& f, const Covariance& c);
/// u_1 + u_2 and v_1 + v_2, the pairs (u_1, v_1) and (u_2, v_2) orthogonal to each other.
Covariance sum_of_orthogonal(Scalars& f, const Covariance& one, const Covariance& two);
/// a u and b v.
Covariance scaled(Scalars& f, const Covariance& c, ValueId a, ValueId b);

/// phi(u) = even |u|^degree + odd sign(u) |u|^degree, of degree 0 or 1; phi(0) = 0.
struct Homogeneous {
  int degree = 0;
  double even = 0.0, odd = 0.0;
};
/// The area that phi(u) and phi(v) span.
ValueId area_of_homogeneous(Scalars& f, const Homogeneous& phi, const Covariance& c);

}  // namespace tpc::passes::gaussian
