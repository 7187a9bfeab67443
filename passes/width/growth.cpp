#include "passes/width/growth.h"

#include <algorithm>
#include <utility>

namespace tpc::passes::width {

using ir::Exponent;
using ir::Rational;

namespace {

// A bound on the work per operation. Networks met so far need at most six terms; beyond the bound the smallest terms
// are joined, and nothing is said of their families, of which a recurrence has many: that can only enlarge an estimate.
constexpr size_t maximal_terms = 16;

const Rational half(1, 2);

constexpr size_t word_bits = 64;

}  // namespace

const Signs::List Signs::none_;

Signs::Signs(List list) {
  while (!list.empty() && list.back() == Word()) list.pop_back();
  if (!list.empty()) list_ = std::make_shared<const List>(std::move(list));
}

template <class Make>
Signs Signs::by_words(const Signs& a, const Signs& b, const Make& make) {
  if (a.unknown_ || b.unknown_) return unknown();
  List list(std::max(a.signs().size(), b.signs().size()));
  for (size_t i = 0; i < list.size(); ++i) list[i] = make(a.word(i), b.word(i));
  return Signs(std::move(list));
}

template <class Test>
bool Signs::all_words(const Signs& a, const Signs& b, const Test& test) {
  const size_t count = std::max(a.signs().size(), b.signs().size());
  for (size_t i = 0; i < count; ++i) {
    if (!test(a.word(i), b.word(i))) return false;
  }
  return true;
}

Signs Signs::odd_under(size_t flip) {
  List list(flip / word_bits + 1);
  list.back().odd = uint64_t{1} << flip % word_bits;
  return Signs(std::move(list));
}

Signs Signs::unknown() {
  Signs signs;
  signs.unknown_ = true;
  return signs;
}

/// Of a product: odd times odd is even, mixed stays mixed.
Signs operator*(const Signs& a, const Signs& b) {
  return Signs::by_words(a, b, [](const Signs::Word& left, const Signs::Word& right) {
    const uint64_t mixed = left.mixed | right.mixed;
    return Signs::Word{(left.odd ^ right.odd) & ~mixed, mixed};
  });
}

/// Of a sum: mixed wherever the two differ.
Signs join(const Signs& a, const Signs& b) {
  if (a.unknown_ == b.unknown_ && a.list_ == b.list_) return a;
  return Signs::by_words(a, b, [](const Signs::Word& left, const Signs::Word& right) {
    const uint64_t odd = left.odd & right.odd;
    return Signs::Word{odd, (left.odd | left.mixed | right.odd | right.mixed) & ~odd};
  });
}

Signs Signs::through(FunctionParity function) const {
  if (unknown_ || function == FunctionParity::odd) return *this;
  return by_words(*this, *this, [&](const Word& word, const Word&) {
    return Word{0, function == FunctionParity::even ? word.mixed : word.odd | word.mixed};
  });
}

bool Signs::odd_under_any() const {
  return std::ranges::any_of(signs(), [](const Word& word) { return word.odd != 0; });
}

bool Signs::even_under(size_t flip) const {
  const Word all = word(flip / word_bits);
  return !unknown_ && ((all.odd | all.mixed) >> flip % word_bits & 1) == 0;
}

bool product_odd_under_any(const Signs& a, const Signs& b) {
  if (a.unknown_ || b.unknown_) return false;
  return !Signs::all_words(a, b, [](const Signs::Word& left, const Signs::Word& right) {
    return ((left.odd ^ right.odd) & ~(left.mixed | right.mixed)) == 0;
  });
}

bool Signs::mixed_under_several(const FlipSet& flips) const {
  if (unknown_) return flips.size() > 1;
  return std::ranges::count_if(flips,
                               [&](size_t flip) { return word(flip / word_bits).mixed >> flip % word_bits & 1; }) > 1;
}

bool Signs::covers(const Signs& other) const {
  if (unknown_ || other.unknown_) return unknown_;
  if (list_ == other.list_) return true;
  return all_words(*this, other, [](const Word& own, const Word& its) {
    return (own.odd & ~its.odd) == 0 && ((its.odd | its.mixed) & ~(own.odd | own.mixed)) == 0;
  });
}

Parity Parity::odd_in(size_t state) { return {Signs::odd_under(state), Signs::odd_under(state)}; }

Parity Parity::times_matrix(size_t state) const { return {states_ * Signs::odd_under(state), Signs::unknown()}; }

Parity Parity::in_family(size_t family) const { return {states_, Signs::odd_under(family)}; }

Parity Parity::with_families_of(const Parity& other) const { return {states_, other.families_}; }

Parity Parity::of_states_alone() const { return {states_, Signs::unknown()}; }

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

Growth Growth::of_states_alone() const {
  Growth result;
  for (const Term& term : terms_) result.absorb({term.exponent, term.parity.of_states_alone()});
  return result;
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
  Term merged{terms_.back().exponent, join(terms_.back().parity, last.parity).of_states_alone()};
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
