#include "passes/gaussian/gaussian_moments.h"

#include <array>
#include <numbers>
#include <utility>

namespace tpc::passes::gaussian {
namespace {

constexpr double pi = std::numbers::pi;

/// Two curves without powers in front: a, b are their scales.
struct Pair {
  Scalars& f;
  ValueId a, b;
  Covariance c;

  ValueId abs_() const { return f.mul(f.mul(a, b), c.s); }
  /// a^2 p / 2 and b^2 q / 2
  ValueId half_left() const { return f.mul(0.5, f.mul(f.power(a, 2), c.p)); }
  ValueId half_right() const { return f.mul(0.5, f.mul(f.power(b, 2), c.q)); }
  /// 1 + 2 a^2 p, the variance of sqrt(2) a u + a standard normal
  ValueId widened(ValueId scale, ValueId variance) const {
    return f.add(f.number(1), f.mul(2.0, f.mul(f.power(scale, 2), variance)));
  }
  ValueId exp(ValueId x) const { return f.map(Primitive::Exp, x); }
  /// (2/pi) asin(correlation): P(both have one sign) - P(they have not).
  ValueId sheppard() const { return f.mul(2 / pi, asin_of_correlation(f, c)); }
  static ValueId sheppard(Scalars& f, const Covariance& widened) {
    return f.mul(2 / pi, asin_of_small_correlation(f, widened));
  }
  /// sign is erf with an infinite scale; a finite one widens the variance by an independent normal variable, and the
  /// area of the pair by sqrt(p + 2 b^2 area^2), or for two sqrt(1 + 2 a^2 p + 2 b^2 q + 4 a^2 b^2 area^2).
  Covariance with_wide_right() const {
    const ValueId square = f.add(c.p, f.mul(2.0, f.mul(f.power(b, 2), f.power(c.area, 2))));
    return {c.p, widened(b, c.q), f.mul(std::numbers::sqrt2, f.mul(b, c.s)), f.root(square)};
  }
  Covariance wide() const {
    const ValueId p = widened(a, c.p), q = widened(b, c.q);
    const ValueId outer = f.mul(4.0, f.power(f.mul(f.mul(a, b), c.area), 2));
    const ValueId square = f.add(f.add(p, f.mul(2.0, f.mul(f.power(b, 2), c.q))), outer);
    return {p, q, f.mul(2.0, abs_()), f.root(square)};
  }
  ValueId sub(ValueId x, ValueId y) const { return f.add(x, f.neg(y)); }
};
using P = const Pair&;

struct Rule {
  Curve left, right;
  ValueId (*expectation)(P);
};

ValueId zero(P) { return {}; }

// E of products of two curves; pairs not listed in either order have no closed form here.
// clang-format off
constexpr std::array rules{
  Rule{Curve::one,  Curve::one,  [](P x) { return x.f.number(1); }},
  Rule{Curve::one,  Curve::sign, zero},
  Rule{Curve::one,  Curve::erf,  zero},
  Rule{Curve::one,  Curve::sin,  zero},
  Rule{Curve::one,  Curve::exp,  [](P x) { return x.exp(x.half_right()); }},
  Rule{Curve::one,  Curve::cos,  [](P x) { return x.exp(x.f.neg(x.half_right())); }},
  Rule{Curve::sign, Curve::sign, [](P x) { return x.sheppard(); }},
  Rule{Curve::sign, Curve::erf,  [](P x) { return x.sheppard(x.f, x.with_wide_right()); }},
  Rule{Curve::erf,  Curve::erf,  [](P x) { return x.sheppard(x.f, x.wide()); }},
  Rule{Curve::sign, Curve::exp,  [](P x) { const ValueId deviation = x.f.root(x.f.mul(0.5, x.c.q)), c = x.f.correlation(x.c.s, x.f.mul(x.c.p, x.c.q));
                                           return x.f.mul(x.exp(x.half_right()), x.f.map(Primitive::Erf, x.f.mul(x.f.mul(x.b, c), deviation))); }},
  Rule{Curve::sign, Curve::cos,  zero},
  Rule{Curve::erf,  Curve::cos,  zero},
  Rule{Curve::sin,  Curve::cos,  zero},
  Rule{Curve::exp,  Curve::exp,  [](P x) { return x.exp(x.f.add(x.f.add(x.half_left(), x.half_right()), x.abs_())); }},
  Rule{Curve::exp,  Curve::erf,  [](P x) { return x.f.mul(x.exp(x.half_left()), x.f.map(Primitive::Erf, x.f.div(x.abs_(), x.f.root(x.widened(x.b, x.c.q))))); }},
  Rule{Curve::exp,  Curve::sin,  [](P x) { return x.f.mul(x.exp(x.sub(x.half_left(), x.half_right())), x.f.map(Primitive::Sin, x.abs_())); }},
  Rule{Curve::exp,  Curve::cos,  [](P x) { return x.f.mul(x.exp(x.sub(x.half_left(), x.half_right())), x.f.map(Primitive::Cos, x.abs_())); }},
  // sinh and cosh of the covariance, in exponentials that do not overflow: a^2 p / 2 + b^2 q / 2 >= |a b s|.
  Rule{Curve::sin,  Curve::sin,  [](P x) { const ValueId h = x.f.add(x.half_left(), x.half_right()), s = x.abs_();
                                           return x.f.mul(0.5, x.sub(x.exp(x.sub(s, h)), x.exp(x.f.neg(x.f.add(s, h))))); }},
  Rule{Curve::cos,  Curve::cos,  [](P x) { const ValueId h = x.f.add(x.half_left(), x.half_right()), s = x.abs_();
                                           return x.f.mul(0.5, x.f.add(x.exp(x.sub(s, h)), x.exp(x.f.neg(x.f.add(s, h))))); }},
};
// clang-format on

std::optional<ValueId> base_moment(Scalars& f, const Piece& g, const Piece& h, const Covariance& c) {
  for (const Rule& rule : rules) {
    if (rule.left == g.curve && rule.right == h.curve) return rule.expectation({f, g.scale, h.scale, c});
    if (rule.left == h.curve && rule.right == g.curve) {
      return rule.expectation({f, h.scale, g.scale, swapped(c)});
    }
  }
  return std::nullopt;
}

/// exp(-alpha u^2 - beta v^2) times a Gaussian density is a Gaussian density again:
/// D = 1 + 2 alpha p + 2 beta q + 4 alpha beta area^2; p' = (p + 2 beta area^2) / D, q' likewise, s' = s / D,
/// area' = area / sqrt(D), and the whole is D^{-1/2} times the expectation under the new one.
struct Tilted {
  Covariance covariance;
  ValueId factor;
};
Tilted tilt(Scalars& f, ValueId alpha, ValueId beta, const Covariance& c) {
  const ValueId square = f.power(c.area, 2);
  const ValueId d = f.add(f.add(f.number(1), f.mul(2.0, f.mul(alpha, c.p))),
                          f.add(f.mul(2.0, f.mul(beta, c.q)), f.mul(4.0, f.mul(f.mul(alpha, beta), square))));
  const ValueId p = f.div(f.add(c.p, f.mul(2.0, f.mul(beta, square))), d);
  const ValueId q = f.div(f.add(c.q, f.mul(2.0, f.mul(alpha, square))), d);
  return {{p, q, f.div(c.s, d), f.div(c.area, f.root(d))}, f.div(f.number(1), f.root(d))};
}

/// One term of a derivative.
struct Term {
  double factor = 1.0;
  ValueId scale;  ///< zero: none
  Piece piece;
};

class Recursion {
 public:
  explicit Recursion(Scalars& f) : f_(f) {}

  std::optional<ValueId> operator()(Piece g, Piece h, Covariance c) {  // NOLINT(misc-no-recursion)
    if (g.decay.valid() || h.decay.valid()) {
      const Tilted tilted = tilt(f_, std::exchange(g.decay, {}), std::exchange(h.decay, {}), c);
      return scaled(tilted.factor, (*this)(g, h, tilted.covariance));
    }
    if (g.power > 0) return stein(g, h, c);
    if (h.power > 0) return stein(h, g, swapped(c));
    return base_moment(f_, g, h, c);
  }

 private:
  std::optional<ValueId> scaled(ValueId factor, std::optional<ValueId> value) {
    if (!value) return value;
    return f_.mul(factor, *value);
  }

  /// E[u g(u) h(v)] = p E[g' h] + s E[g h'].
  std::optional<ValueId> stein(Piece g, const Piece& h, const Covariance& c) {  // NOLINT(misc-no-recursion)
    --g.power;
    ValueId sum;
    if (c.p.valid()) {
      const auto own = with_derivative(g, h, c);
      if (!own) return own;
      sum = f_.add(sum, f_.mul(c.p, *own));
      if (g.curve == Curve::sign && g.power == 0) {  // 2 p E[delta(u) h(v)]
        const auto at_jump = jump(h, c);
        if (!at_jump) return at_jump;
        sum = f_.add(sum, *at_jump);
      }
    }
    if (c.s.valid()) {
      const auto other = with_derivative(h, g, swapped(c));
      if (!other) return other;
      sum = f_.add(sum, f_.mul(c.s, *other));
      if (h.curve == Curve::sign && h.power == 0) {  // 2 s E[delta(v) g(u)], s = c sqrt(p q)
        const auto at_jump = at_zero(g, swapped(c));
        if (!at_jump) return at_jump;
        const ValueId correlation = f_.correlation(c.s, f_.mul(c.p, c.q));
        sum = f_.add(sum, f_.mul(f_.mul(correlation, f_.root(f_.mul(2 / pi, c.p))), *at_jump));
      }
    }
    return sum;
  }

  /// E[g'(u) h(v)], without the jump of sign.
  std::optional<ValueId> with_derivative(const Piece& g, const Piece& h,
                                         const Covariance& c) {  // NOLINT(misc-no-recursion)
    ValueId sum;
    for (const Term& term : derivative(g)) {
      ValueId factor = f_.number(term.factor);
      if (term.scale.valid()) factor = f_.mul(factor, term.scale);
      const auto value = scaled(factor, (*this)(term.piece, h, c));
      if (!value) return value;
      sum = f_.add(sum, *value);
    }
    return sum;
  }

  std::vector<Term> derivative(const Piece& g) {
    std::vector<Term> terms;
    auto put = [&](double factor, ValueId scale, Piece piece) { terms.push_back({factor, scale, piece}); };
    Piece next = g;
    if (g.power > 0) {
      --next.power;
      put(g.power, {}, next);
      next = g;
    }
    switch (g.curve) {
      case Curve::one:
      case Curve::sign: break;
      case Curve::exp: put(1.0, g.scale, next); break;
      case Curve::sin: next.curve = Curve::cos, put(1.0, g.scale, next); break;
      case Curve::cos: next.curve = Curve::sin, put(-1.0, g.scale, next); break;
      case Curve::erf:
        next.curve = Curve::one, next.decay = f_.power(g.scale, 2), next.scale = {};
        put(2 * std::numbers::inv_sqrtpi, g.scale, next);
    }
    return terms;
  }

  /// 2 p E[delta(u) h(v)] = sqrt(2 p / pi) E[h(v) | u = 0].
  std::optional<ValueId> jump(const Piece& h, const Covariance& c) {  // NOLINT(misc-no-recursion)
    const bool magnitude = h.curve == Curve::sign && h.power == 1 && !h.decay.valid();
    if (magnitude) return f_.mul(2 / pi, c.area);  // E|w| = sqrt(2 / pi) area / sqrt(p)
    return scaled(f_.root(f_.mul(2 / pi, c.p)), at_zero(h, c));
  }

  /// E[h(v) | u = 0]: v ~ N(0, q (1 - c^2)).
  std::optional<ValueId> at_zero(const Piece& h, const Covariance& c) {  // NOLINT(misc-no-recursion)
    return (*this)(h, {f_.number(1), 0, Curve::one, {}, {}}, {f_.mul(c.q, f_.power(sine(f_, c), 2)), {}, {}, {}});
  }

  Scalars& f_;
};

}  // namespace

std::optional<Piece> product(Scalars& scalars, const Piece& g, const Piece& h) {
  Piece result{
      scalars.mul(g.coefficient, h.coefficient), g.power + h.power, g.curve, g.scale, scalars.add(g.decay, h.decay),
      g.signs_squared || h.signs_squared};
  if (h.curve == Curve::one) return result;
  if (g.curve == Curve::one) {
    result.curve = h.curve, result.scale = h.scale;
  } else if (g.curve == Curve::sign && h.curve == Curve::sign) {
    result.curve = Curve::one, result.signs_squared = true;
  } else if (g.curve == Curve::exp && h.curve == Curve::exp) {
    result.scale = scalars.add(g.scale, h.scale);
  } else {
    return std::nullopt;
  }
  return result;
}

std::optional<ValueId> moment(Scalars& scalars, const Piece& g, const Piece& h, const Covariance& covariance) {
  const auto value = Recursion(scalars)(g, h, covariance);
  if (!value) return value;
  ValueId factor = scalars.mul(g.coefficient, h.coefficient);
  // A power of u is 0 itself where u has no variance.
  if (g.signs_squared && g.power == 0) factor = scalars.mul(factor, scalars.map(Primitive::Sign, covariance.p));
  if (h.signs_squared && h.power == 0) factor = scalars.mul(factor, scalars.map(Primitive::Sign, covariance.q));
  return scalars.mul(factor, *value);
}

}  // namespace tpc::passes::gaussian
