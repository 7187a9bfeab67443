/// \file How a quantity grows with the width: a sum of terms n^exponent, each with its parity under sign flips of
/// independent Gaussian variables. Terms of smaller exponent are kept as long as their parity is not covered by a
/// larger one: n terms that average to zero only add up to n^{1/2}, so a smaller term may win a sum over the width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "ir/core/primitive_traits.h"
#include "ir/core/rational.h"

namespace tpc::passes::width {

using ir::FunctionParity;

/// Some of the sign flips.
using FlipSet = std::set<size_t>;

/// Even, odd or neither under each of the sign flips, of which a recurrence has as many as it has steps: two bits each.
class Signs {
 public:
  Signs() = default;  ///< even under every flip
  static Signs odd_under(size_t flip);
  static Signs unknown();  ///< neither, under every flip

  friend Signs operator*(const Signs& a, const Signs& b);
  friend Signs join(const Signs& a, const Signs& b);
  friend bool operator==(const Signs& a, const Signs& b) {
    return a.unknown_ == b.unknown_ && (a.list_ == b.list_ || a.signs() == b.signs());
  }
  [[nodiscard]] Signs through(FunctionParity function) const;
  [[nodiscard]] bool odd_under_any() const;
  [[nodiscard]] bool even_under(size_t flip) const;
  /// Whether a product of the two is odd under some flip.
  friend bool product_odd_under_any(const Signs& a, const Signs& b);
  /// Whether it is mixed under two or more of the flips.
  [[nodiscard]] bool mixed_under_several(const FlipSet& flips) const;
  [[nodiscard]] bool covers(const Signs& other) const;

 private:
  /// Of 64 flips in turn, a bit each; even where neither is set.
  struct Word {
    uint64_t odd = 0, mixed = 0;
    friend bool operator==(const Word& a, const Word& b) = default;
  };
  using List = std::vector<Word>;
  explicit Signs(List list);
  [[nodiscard]] const List& signs() const { return list_ != nullptr ? *list_ : none_; }
  /// Behind the last word all is even.
  [[nodiscard]] Word word(size_t index) const { return index < signs().size() ? signs()[index] : Word(); }
  template <class Make>
  static Signs by_words(const Signs& a, const Signs& b, const Make& make);
  template <class Test>
  static bool all_words(const Signs& a, const Signs& b, const Test& test);
  static const List none_;
  bool unknown_ = false;  ///< then there is no list
  std::shared_ptr<const List>
      list_;  ///< by flip, rising; even under all others. Shared: values are copied all the time
};

/// A quantity's reaction to two kinds of sign flips that leave every law unchanged:
/// - of a Gaussian state, w -> -w: at every width;
/// - of a family of Gaussian variables of the limit at initialisation alone, all else kept (gaussian_families.h): a
///   Gaussian vector, or products W x with one matrix that are uncorrelated with all its other products. At finite
///   width what such a flip breaks is smaller by n^{-1/2}, the size of the fluctuations that every sum has anyway.
class Parity {
 public:
  Parity() = default;  ///< even
  /// Of a Gaussian state with random coordinates; its family bears the same number.
  static Parity odd_in(size_t state);

  /// Of a product with a Gaussian matrix, from that of the vector; nothing is said of families.
  [[nodiscard]] Parity times_matrix(size_t state) const;
  /// The same quantity, its reaction to flips of families being that of a variable of this one, or of `other`.
  [[nodiscard]] Parity in_family(size_t family) const;
  [[nodiscard]] Parity with_families_of(const Parity& other) const;
  /// The same quantity, nothing being said of families.
  [[nodiscard]] Parity of_states_alone() const;

  /// Of a product of two quantities.
  friend Parity operator*(const Parity& a, const Parity& b);
  /// Of a sum: mixed in the flips in which the two differ.
  friend Parity join(const Parity& a, const Parity& b);
  friend bool operator==(const Parity& a, const Parity& b) = default;

  /// Of phi(quantity).
  [[nodiscard]] Parity through(FunctionParity function) const;
  /// Whether the mean is zero by symmetry, in the limit: the quantity is odd under some flip.
  [[nodiscard]] bool mean_vanishes() const { return states_.odd_under_any() || families_.odd_under_any(); }
  /// (a * b).mean_vanishes().
  friend bool mean_of_product_vanishes(const Parity& a, const Parity& b) {
    return product_odd_under_any(a.states_, b.states_) || product_odd_under_any(a.families_, b.families_);
  }
  /// Whether it is zero by symmetry at every width.
  [[nodiscard]] bool mean_is_zero() const { return states_.odd_under_any(); }
  [[nodiscard]] bool is_even_in_family(size_t family) const { return families_.even_under(family); }
  [[nodiscard]] bool mixed_in_several(const FlipSet& families) const { return families_.mixed_under_several(families); }
  /// Whether a term of this parity makes one of parity `other` and no larger exponent superfluous: equal or mixed under
  /// every flip, so that every sum it takes part in is at least as large.
  [[nodiscard]] bool covers(const Parity& other) const;

 private:
  Parity(const Signs& states, const Signs& families) : states_(states), families_(families) {}
  Signs states_, families_;
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
  /// The same with parities of states alone.
  [[nodiscard]] Growth of_states_alone() const;
  /// Of a quantity that is known to be at most n^most.
  [[nodiscard]] Growth capped(const ir::Exponent& most) const;

  /// Adds what is not covered yet; true if there was any such term.
  bool absorb(const Growth& other);
  bool absorb(const Term& term);

  friend Growth operator+(Growth a, const Growth& b) { return a.absorb(b), a; }
  friend Growth operator*(const Growth& a, const Growth& b);
  friend Growth shifted(Growth growth, const ir::Rational& exponent);  ///< times n^exponent
  friend bool operator==(const Growth& a, const Growth& b) = default;

 private:
  void merge_smallest();
  std::vector<Term> terms_;
};

/// The sum over n coordinates of a coordinatewise product: an exponent more by 1, or by 1/2 where the mean vanishes by
/// symmetry (central limit theorem). The result is a scalar.
Growth sum_over_width(const Growth& lhs, const Growth& rhs);

/// The Gaussian matrix `state` with entries n^entry_exponent, times a vector: a sum of n independent terms.
/// The Gaussian part and the part correlated with earlier uses of the transpose have the same exponent (math.md 4).
Growth apply_gaussian(const ir::Rational& entry_exponent, size_t state, const Growth& vector);

}  // namespace tpc::passes::width
