/// \file How a quantity grows with the width: a sum of terms n^exponent, each with its parity under sign flips of the
/// independent random sources. Terms of smaller exponent are kept as long as their parity is not covered by a larger
/// one: n terms that average to zero only add up to n^{1/2}, so a smaller term may win a sum over the width.
#pragma once

#include <bitset>
#include <cstddef>
#include <vector>

#include "ir/core/primitive_traits.h"
#include "ir/core/rational.h"

namespace tpc::passes::width {

using ir::FunctionParity;

/// A quantity's reaction to a sign flip of each independent random source (a source is a Gaussian state; flipping
/// w -> -w leaves its law unchanged). Sources beyond `capacity` share the last places: flipping several independent
/// sources together is a symmetry too, so this is still sound.
class Parity {
 public:
  static constexpr size_t capacity = 256;

  Parity() = default;  ///< even in every source
  static Parity odd_in(size_t source);

  /// Of a product of two quantities.
  friend Parity operator*(const Parity& a, const Parity& b);
  /// Of a sum: mixed in the sources in which the two differ.
  friend Parity join(const Parity& a, const Parity& b);
  friend bool operator==(const Parity& a, const Parity& b) = default;

  /// Of phi(quantity).
  [[nodiscard]] Parity through(FunctionParity function) const;
  /// Whether the mean is zero by symmetry: the quantity is odd in some source.
  [[nodiscard]] bool mean_vanishes() const { return odd_.any(); }
  /// Whether a term of this parity makes one of parity `other` and no larger exponent superfluous: equal or mixed in
  /// every source, so that every sum it takes part in is at least as large.
  [[nodiscard]] bool covers(const Parity& other) const;

 private:
  std::bitset<capacity> odd_;
  std::bitset<capacity> mixed_;  // disjoint from odd_
};

struct Term {
  ir::Rational exponent;
  Parity parity;
  friend bool operator==(const Term& a, const Term& b) = default;
};

/// A sum of terms, largest exponent first; no terms: zero. Scalars are sums of even terms: a scalar is a constant as
/// far as averages over coordinates are concerned (the Master Theorem's theta).
class Growth {
 public:
  Growth() = default;
  static Growth power(const ir::Rational& exponent, const Parity& parity = {});

  [[nodiscard]] bool is_zero() const { return terms_.empty(); }
  [[nodiscard]] const std::vector<Term>& terms() const { return terms_; }
  [[nodiscard]] ir::Exponent exponent() const;
  /// The joined parity of the terms with the largest exponent. Precondition: not zero.
  [[nodiscard]] Parity leading_parity() const;
  /// The terms below the largest exponent.
  [[nodiscard]] Growth below_leading() const;

  /// Adds what is not covered yet; true if there was any such term.
  bool absorb(const Growth& other);
  bool absorb(const Term& term);

  friend Growth operator+(Growth a, const Growth& b) { return a.absorb(b), a; }
  friend Growth operator*(const Growth& a, const Growth& b);

 private:
  void merge_smallest();
  std::vector<Term> terms_;
};

/// The sum over n coordinates of a coordinatewise product: an exponent more by 1, or by 1/2 where the mean vanishes by
/// symmetry (central limit theorem). The result is a scalar.
Growth sum_over_width(const Growth& lhs, const Growth& rhs);

/// A Gaussian matrix with entries n^entry_exponent of the given source, times a vector: a sum of n independent terms.
/// The Gaussian part and the part correlated with earlier uses of the transpose have the same exponent (math.md 4).
Growth apply_gaussian(const ir::Rational& entry_exponent, size_t source, const Growth& vector);

}  // namespace tpc::passes::width
