#include "passes/width/growth.h"

#include <algorithm>

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
  Signs signs;
  signs.odd_.set(std::min(flip, capacity - 1));
  return signs;
}

Signs Signs::unknown() {
  Signs signs;
  signs.mixed_.set();
  return signs;
}

Signs operator*(const Signs& a, const Signs& b) {
  Signs product;
  product.mixed_ = a.mixed_ | b.mixed_;
  product.odd_ = (a.odd_ ^ b.odd_) & ~product.mixed_;
  return product;
}

Signs join(const Signs& a, const Signs& b) {
  Signs joined;
  joined.mixed_ = a.mixed_ | b.mixed_ | (a.odd_ ^ b.odd_);
  joined.odd_ = a.odd_ & ~joined.mixed_;
  return joined;
}

Signs Signs::through(FunctionParity function) const {
  Signs result = *this;
  if (function != FunctionParity::odd) result.odd_.reset();
  if (function == FunctionParity::neither) result.mixed_ |= odd_;
  return result;
}

bool Signs::covers(const Signs& other) const { return (~mixed_ & (other.mixed_ | (odd_ ^ other.odd_))).none(); }

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

Growth operator*(const Growth& a, const Growth& b) {
  Growth product;
  for (const Term& left : a.terms_) {
    for (const Term& right : b.terms_) product.absorb({left.exponent + right.exponent, left.parity * right.parity});
  }
  return product;
}

Growth sum_over_width(const Growth& lhs, const Growth& rhs) {
  Growth sum;
  for (const Term& left : lhs.terms()) {
    for (const Term& right : rhs.terms()) {
      Rational count = (left.parity * right.parity).mean_vanishes() ? half : Rational(1);
      sum.absorb({left.exponent + right.exponent + count, Parity()});
    }
  }
  return sum;
}

Growth apply_gaussian(const ir::Rational& entry_exponent, size_t state, const Growth& vector) {
  Growth image;
  for (const Term& term : vector.terms()) {
    image.absorb({term.exponent + entry_exponent + half, term.parity.times_matrix(state)});
  }
  return image;
}

}  // namespace tpc::passes::width
