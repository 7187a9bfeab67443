/// \file The simplification rules: one entry per rule, by primitive. A rule returns the value that replaces
/// primitive(x, y), or an invalid id if it does not apply. Rules of add and mul are tried with both orders of x and y.
/// A replacement of another type than the original (x * 1 where the 1 is an array) is refused by the engine.
#pragma once

#include <array>
#include <cmath>

#include "passes/simplify/matcher.h"

namespace tpc::passes {

template <class M>
struct SimplifyRule {
  ir::Primitive primitive;
  const char* equation;
  ir::ValueId (*apply)(M& m, ir::ValueId x, ir::ValueId y, int power);
};

inline constexpr ir::ValueId no_match{};

/// Whether the power of a power can be taken at once without leaving int.
inline bool powers_multiply(int inner, int outer) {
  constexpr int limit = 1 << 15;
  return -limit < inner && inner < limit && -limit < outer && outer < limit;
}

template <class M>
const auto& simplify_rules() {
  using ir::Primitive;
  using V = ir::ValueId;
  using Rule = SimplifyRule<M>;
  // clang-format off
  static constexpr std::array rules{
    Rule{Primitive::Add, "x + 0 = x", [](M& m, V x, V y, int) { return m.is(y, 0) ? x : no_match; }},
    Rule{Primitive::Add, "x + x = 2 * x", [](M& m, V x, V y, int) { return x == y ? m.build.mul(m.build.constant(2), x) : no_match; }},
    Rule{Primitive::Add, "x + -y = x - y", [](M& m, V x, V y, int) {
      const V negated = m.argument(y, Primitive::Neg);
      return negated.valid() ? m.build.sub(x, negated) : no_match; }},
    Rule{Primitive::Add, "x + (-s) * y = x - s * y", [](M& m, V x, V y, int) {
      const V positive = m.positive_product(y);
      return positive.valid() ? m.build.sub(x, positive) : no_match; }},
    Rule{Primitive::Sub, "x - 0 = x", [](M& m, V x, V y, int) { return m.is(y, 0) ? x : no_match; }},
    Rule{Primitive::Sub, "0 - y = -y", [](M& m, V x, V y, int) { return m.is(x, 0) ? m.build.neg(y) : no_match; }},
    Rule{Primitive::Sub, "x - -y = x + y", [](M& m, V x, V y, int) {
      const V negated = m.argument(y, Primitive::Neg);
      return negated.valid() ? m.build.add(x, negated) : no_match; }},
    Rule{Primitive::Sub, "x - (-s) * y = x + s * y", [](M& m, V x, V y, int) {
      const V positive = m.positive_product(y);
      return positive.valid() ? m.build.add(x, positive) : no_match; }},

    Rule{Primitive::Mul, "x * 1 = x", [](M& m, V x, V y, int) { return m.is(y, 1) ? x : no_match; }},
    Rule{Primitive::Mul, "x * -1 = -x", [](M& m, V x, V y, int) { return m.is(y, -1) ? m.build.neg(x) : no_match; }},
    // Only where x is known to be finite: 0 * inf is not 0.
    Rule{Primitive::Mul, "x * 0 = 0", [](M& m, V x, V y, int) { return m.is(y, 0) && m.is_finite_number(x) ? y : no_match; }},
    Rule{Primitive::Mul, "-x * y = -(x * y), but a sign goes to a plain scalar rather than an array", [](M& m, V x, V y, int) {
      const V negated = m.argument(x, Primitive::Neg);
      if (!negated.valid() || (m.is_plain(x) && !m.is_plain(y))) return no_match;
      const bool to_scalar = m.is_plain(y) && !m.is_plain(x);
      return to_scalar ? m.build.mul(m.build.neg(y), negated) : m.build.neg(m.without_factor(m.build.mul(negated, y))); }},
    Rule{Primitive::Mul, "n^a * n^b = n^(a+b)", [](M& m, V x, V y, int) {
      const auto a = m.width_exponent(x), b = m.width_exponent(y);
      return a && b ? m.width_power(*a + *b) : no_match; }},
    Rule{Primitive::Mul, "c * (d * x) = (c * d) * x, for numbers and for powers of n", [](M& m, V x, V y, int) {
      const auto inner = m.factored(y);
      if (!inner || m.rank(x) > M::width_rank || m.rank(inner.factor) != m.rank(x)) return no_match;
      const auto c = m.number(x), d = m.number(inner.factor);
      if (c && d && !std::isfinite(*c * *d)) return no_match;  // it would stay a product, which the next rule takes apart
      return m.build.mul(m.build.mul(x, inner.factor), inner.rest); }},
    Rule{Primitive::Mul, "s * (c * t) = c * (s * t), numbers outermost, then powers of n", [](M& m, V x, V y, int) {
      const auto inner = m.factored(y);
      if (!inner || !m.is_plain(x) || !m.is_plain(y) || m.rank(inner.factor) >= m.rank(x)) return no_match;
      return m.build.mul(inner.factor, m.build.mul(x, inner.rest)); }},
    Rule{Primitive::Mul, "s * (t * x) = (s * t) * x for plain scalars s, t and an array x", [](M& m, V x, V y, int) {
      const auto inner = m.factored(y);
      if (!inner || m.is_plain(y) || !m.is_plain(x) || !m.is_plain(inner.factor)) return no_match;
      return m.build.mul(m.build.mul(x, inner.factor), inner.rest); }},
    // Last: where only y varies along some index, the product is another array than x and this is refused.
    Rule{Primitive::Mul, "x * y^0 = x", [](M& m, V x, V y, int) {
      return m.argument(y, Primitive::Pow).valid() && m.power(y) == 0 ? x : no_match; }},

    Rule{Primitive::Div, "x / 1 = x", [](M& m, V x, V y, int) { return m.is(y, 1) ? x : no_match; }},
    Rule{Primitive::Div, "x / n^a = n^-a * x", [](M& m, V x, V y, int) {
      const auto a = m.width_exponent(y);
      return a ? m.build.mul(m.width_power(-*a), x) : no_match; }},

    Rule{Primitive::Neg, "--x = x", [](M& m, V x, V, int) { return m.argument(x, Primitive::Neg); }},
    Rule{Primitive::Neg, "-(x - y) = y - x", [](M& m, V x, V, int) {
      const auto both = m.arguments(x, Primitive::Sub);
      return both.empty() ? no_match : m.build.sub(both[1], both[0]); }},
    Rule{Primitive::Neg, "-(s * x) = (-s) * x for a number s, or a plain scalar s and an array x", [](M& m, V x, V, int) {
      const auto product = m.factored(x);
      if (!product || !m.is_plain(product.factor)) return no_match;
      const bool worth = m.number(product.factor).has_value() || !m.is_plain(product.rest);
      return worth ? m.build.mul(m.build.neg(product.factor), product.rest) : no_match; }},

    Rule{Primitive::Pow, "x^0 = 1 for a plain scalar", [](M& m, V, V, int power) { return power == 0 ? m.build.constant(1) : no_match; }},
    Rule{Primitive::Pow, "x^1 = x", [](M&, V x, V, int power) { return power == 1 ? x : no_match; }},
    Rule{Primitive::Pow, "(n^a)^k = n^(ka)", [](M& m, V x, V, int power) {
      const auto a = m.width_exponent(x);
      return a ? m.width_power(*a * ir::Rational(power)) : no_match; }},
    Rule{Primitive::Pow, "(x^j)^k = x^(jk)", [](M& m, V x, V, int power) {
      const V base = m.argument(x, Primitive::Pow);
      if (!base.valid() || !powers_multiply(m.power(x), power)) return no_match;
      return m.build.map(Primitive::Pow, {base}, m.power(x) * power); }},
  };
  // clang-format on
  return rules;
}

}  // namespace tpc::passes
