#include "passes/width/growth.h"

#include <algorithm>
#include <bit>

namespace tpc::passes::width {

using ir::Exponent;
using ir::Rational;

namespace {

// A bound on the work per operation. Networks met so far need at most six terms; beyond the bound the smallest terms
// are joined, which can only enlarge an estimate.
constexpr size_t maximal_terms = 16;

const Rational half(1, 2);

}  // namespace

Signs Signs::odd_under(size_t flip) {
  FlipSet one;
  one.insert(flip);
  Signs signs;
  signs.odd_ = one.words_;
  return signs;
}

Signs Signs::unknown() {
  Signs signs;
  signs.mixed_.fill(~uint64_t{0});
  return signs;
}

Signs operator*(const Signs& a, const Signs& b) {
  Signs product;
  for (size_t i = 0; i < Signs::words; ++i) {
    product.mixed_[i] = a.mixed_[i] | b.mixed_[i];
    product.odd_[i] = (a.odd_[i] ^ b.odd_[i]) & ~product.mixed_[i];
  }
  return product;
}

Signs join(const Signs& a, const Signs& b) {
  Signs joined;
  for (size_t i = 0; i < Signs::words; ++i) {
    joined.mixed_[i] = a.mixed_[i] | b.mixed_[i] | (a.odd_[i] ^ b.odd_[i]);
    joined.odd_[i] = a.odd_[i] & ~joined.mixed_[i];
  }
  return joined;
}

Signs Signs::through(FunctionParity function) const {
  Signs result = *this;
  if (function != FunctionParity::odd) result.odd_ = {};
  if (function == FunctionParity::neither) {
    for (size_t i = 0; i < words; ++i) result.mixed_[i] |= odd_[i];
  }
  return result;
}

bool Signs::odd_under_any() const {
  return std::ranges::any_of(odd_, [](uint64_t word) { return word != 0; });
}

bool product_odd_under_any(const Signs& a, const Signs& b) {
  for (size_t i = 0; i < Signs::words; ++i) {
    if (((a.odd_[i] ^ b.odd_[i]) & ~(a.mixed_[i] | b.mixed_[i])) != 0) return true;
  }
  return false;
}

bool Signs::mixed_under_several(const FlipSet& flips) const {
  int count = 0;
  for (size_t i = 0; i < words; ++i) count += std::popcount(mixed_[i] & flips.words_[i]);
  constexpr uint64_t last_place = uint64_t{1} << (FlipSet::bits - 1);  // of several flips, maybe
  return count > 1 || (mixed_.back() & flips.words_.back() & last_place) != 0;
}

bool Signs::covers(const Signs& other) const {
  for (size_t i = 0; i < words; ++i) {
    if ((~mixed_[i] & (other.mixed_[i] | (odd_[i] ^ other.odd_[i]))) != 0) return false;
  }
  return true;
}

Parity Parity::odd_in(size_t state) { return {Signs::odd_under(state), Signs::odd_under(state)}; }

Parity Parity::times_matrix(size_t state) const { return {states_ * Signs::odd_under(state), Signs::unknown()}; }

Parity Parity::in_family(size_t family) const { return {states_, Signs::odd_under(family)}; }

Parity Parity::with_families_of(const Parity& other) const { return {states_, other.families_}; }

Parity operator*(const Parity& a, const Parity& b) { return {a.states_ * b.states_, a.families_ * b.families_}; }

Parity join(const Parity& a, const Parity& b) { return {join(a.states_, b.states_), join(a.families_, b.families_)}; }

Parity Parity::through(FunctionParity function) const {
  return {states_.through(function), families_.through(function)};
}

bool Parity::covers(const Parity& other) const {
  return states_.covers(other.states_) && families_.covers(other.families_);
}

Growth Growth::power(const Rational& exponent, const Parity& parity) {
  Growth growth;
  growth.terms_.push_back({exponent, parity});
  return growth;
}

Exponent Growth::exponent() const { return terms_.empty() ? Exponent() : Exponent(terms_.front().exponent); }

Parity Growth::leading_parity() const {
  Parity parity = terms_.front().parity;
  for (const Term& term : terms_) {
    if (term.exponent == terms_.front().exponent) parity = join(parity, term.parity);
  }
  return parity;
}

Growth Growth::below_leading() const {
  Growth rest;
  for (const Term& term : terms_) {
    if (term.exponent < terms_.front().exponent) rest.terms_.push_back(term);
  }
  return rest;
}

Growth Growth::capped(const ir::Exponent& most) const {
  if (exponent() <= most) return *this;
  Growth result;
  if (!most.finite()) return result;
  for (const Term& term : terms_) result.absorb({std::min(term.exponent, most.rational()), term.parity});
  return result;
}

bool Growth::absorb(const Term& term) {
  auto makes_superfluous = [](const Term& larger, const Term& smaller) {
    return larger.exponent >= smaller.exponent && larger.parity.covers(smaller.parity);
  };
  for (const Term& present : terms_) {
    if (makes_superfluous(present, term)) return false;
  }
  std::erase_if(terms_, [&](const Term& present) { return makes_superfluous(term, present); });
  auto place =
      std::find_if(terms_.begin(), terms_.end(), [&](const Term& present) { return present.exponent < term.exponent; });
  terms_.insert(place, term);
  if (terms_.size() > maximal_terms) merge_smallest();
  return true;
}

bool Growth::absorb(const Growth& other) {
  bool grew = false;
  for (const Term& term : other.terms_) grew |= absorb(term);
  return grew;
}

void Growth::merge_smallest() {
  Term last = terms_.back();
  terms_.pop_back();
  Term merged{terms_.back().exponent, join(terms_.back().parity, last.parity)};
  terms_.pop_back();
  absorb(merged);
}

Growth shifted(Growth growth, const Rational& exponent) {
  for (Term& term : growth.terms_) term.exponent = term.exponent + exponent;
  return growth;
}

Growth operator*(const Growth& a, const Growth& b) {
  auto is_scalar = [](const Growth& growth) {
    return growth.terms_.size() == 1 && growth.terms_.front().parity == Parity();
  };
  if (is_scalar(b)) return shifted(a, b.terms_.front().exponent);
  if (is_scalar(a)) return shifted(b, a.terms_.front().exponent);
  Growth product;
  for (const Term& left : a.terms_) {
    for (const Term& right : b.terms_) product.absorb({left.exponent + right.exponent, left.parity * right.parity});
  }
  return product;
}

Growth sum_over_width(const Growth& lhs, const Growth& rhs) {
  Exponent largest;
  for (const Term& left : lhs.terms()) {
    for (const Term& right : rhs.terms()) {  // largest exponents first
      const Rational one = left.exponent + right.exponent;
      if (one + Rational(1) <= largest) break;
      largest = max(largest, one + (mean_of_product_vanishes(left.parity, right.parity) ? half : Rational(1)));
    }
  }
  return largest.finite() ? Growth::power(largest.rational()) : Growth();
}

Growth apply_gaussian(const ir::Rational& entry_exponent, size_t state, const Growth& vector) {
  Growth image;
  for (const Term& term : vector.terms()) {
    image.absorb({term.exponent + entry_exponent + half, term.parity.times_matrix(state)});
  }
  return image;
}

}  // namespace tpc::passes::width
