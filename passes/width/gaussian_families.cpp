#include "passes/width/gaussian_families.h"

#include <algorithm>
#include <utility>

namespace tpc::passes::width {

using ir::Rational;
using ir::ValueId;

namespace {

const Rational half(1, 2);

/// Whether E[Z^x Z^y] may differ from zero by more than sums over the width fluctuate anyway. Exponents count from the
/// leading ones, which Z^x and Z^y are divided by. A term that was computed before families were joined, mixed in two
/// of them, may be odd in what they have become: it is not counted.
bool correlated(const Growth& x, const Growth& y, const JoinedFamilies& joined) {
  if (x.is_zero() || y.is_zero()) return false;
  const Rational leading = x.terms().front().exponent + y.terms().front().exponent;
  return std::ranges::any_of(x.terms(), [&](const Term& a) {
    return std::ranges::any_of(y.terms(), [&](const Term& b) {
      if (a.exponent + b.exponent <= leading - half || mean_of_product_vanishes(a.parity, b.parity)) return false;
      return std::ranges::none_of(joined, [&](const auto& families) {
        return a.parity.mixed_in_several(families.second) || b.parity.mixed_in_several(families.second);
      });
    });
  });
}

/// Adds the initial matrices of `more` that are not held yet; whether there were any.
bool hold(MatrixValue& held, const MatrixValue& more) {
  bool grew = false;
  for (const GaussianTerm& term : more.gaussian) {
    const bool known = std::ranges::any_of(held.gaussian, [&](const GaussianTerm& t) { return t.state == term.state; });
    if (known) continue;
    held.gaussian.push_back(term);
    grew = true;
  }
  return grew;
}

}  // namespace

GaussianFamilies::GaussianFamilies(const ir::tp::Module& module) : module_(module) {
  find_products();
  do {
    begin_round();
    while (record_arguments()) {
    }
  } while (join_correlated() || !joined_.empty());
  settle_images();
}

/// Forgets what was computed with the families of before.
void GaussianFamilies::begin_round() {
  for (Product& product : products_) product.argument = {};
  for (Family& each : families_) {
    each.met.clear();
    each.arguments = {};
  }
  met_.clear();
  joined_ = {};
}

/// The last pass over the functions met nothing new: every product has its argument of every step.
void GaussianFamilies::settle_images() {
  for (Product& product : products_) {
    product.image = image_of(product, product.last_argument);
  }
  settled_ = true;
}

/// A state may come to hold another one's matrix, so that products with that one are met only then.
void GaussianFamilies::find_products() {
  AbstractStates states = initial_states(module_);
  for (bool grew = true; grew;) {
    grew = false;
    for (const ir::tp::Function& function : module_.functions) grew = find_products(function, states) || grew;
  }
}

/// True: the function wrote a matrix into a state that did not hold it.
bool GaussianFamilies::find_products(const ir::tp::Function& function, AbstractStates& states) {
  bool ignored = true, grew = false;
  AbstractValues values(function.body.size());  // of matrices; which terms they have depends on nothing else
  for (size_t i = 0; i < function.body.size(); ++i) {
    if (function.body[i].type.kind == ir::Kind::matrix) {
      values[i] = evaluate_instruction(module_, function, ValueId(i), states, values, ignored);
    }
    if (const auto* write = std::get_if<ir::Write>(&function.body[i].op)) {
      grew = hold(states[write->state.index].matrix, values[write->value.index].matrix) || grew;
    }
    const auto* op = std::get_if<ir::tp::Matmul>(&function.body[i].op);
    if (op == nullptr) continue;
    for (const GaussianTerm& term : values[op->matrix.index].matrix.gaussian) {
      const ProductPlace place{function.key, ValueId(i), term.state, op->transposed};
      if (!index_.try_emplace(place, products_.size()).second) continue;
      products_.push_back({place, none, {}, {}, {}});
    }
  }
  return grew;
}

/// One pass over all functions with what is known; true if a product met something new.
bool GaussianFamilies::record_arguments() {
  const AbstractStates states = initial_states(module_);
  bool grew = false;
  for (const ir::tp::Function& function : module_.functions) {
    bool ignored = true;
    AbstractValues values(function.body.size());
    for (size_t i = 0; i < values.size(); ++i) {
      grew = record(function, ValueId(i), values) || grew;
      values[i] = evaluate_instruction(module_, function, ValueId(i), states, values, ignored, this);
    }
  }
  return grew;
}

bool GaussianFamilies::record(const ir::tp::Function& function, ValueId id, const AbstractValues& values) {
  const auto* op = std::get_if<ir::tp::Matmul>(&function.at(id).op);
  if (op == nullptr) return false;
  bool grew = false;
  for (const GaussianTerm& term : values[op->matrix.index].matrix.gaussian) {
    const size_t product = index_.at({function.key, id, term.state, op->transposed});
    products_[product].last_argument = values[op->argument.index].value.initial;
    if (!absorb(product, products_[product].last_argument)) continue;
    join_at_once(product);
    grew = true;
  }
  return grew;
}

void GaussianFamilies::Family::meet(const Growth& argument, size_t count) {
  auto alike = std::ranges::find(met, argument, &Met::argument);
  if (alike == met.end()) alike = met.insert(alike, {argument, 0});
  alike->products += count;
}

void GaussianFamilies::Family::forget(const Growth& argument) {
  const auto alike = std::ranges::find(met, argument, &Met::argument);
  if (alike != met.end() && --alike->products == 0) met.erase(alike);
}

bool GaussianFamilies::absorb(size_t index, const Growth& argument) {
  Product& product = products_[index];
  Growth all = product.argument;
  if (!all.absorb(argument)) return false;
  if (product.family == none) place_in_family(index, argument);
  Family& own = family(product.family);
  if (own.met.empty()) met_[{product.place.matrix, product.place.transposed}].push_back(product.family);
  own.meet(all, 1);
  own.forget(product.argument);
  const Rational leading = all.terms().front().exponent;
  for (const Term& term : all.terms()) own.arguments.absorb({term.exponent - leading, term.parity});
  product.argument = std::move(all);
  return true;
}

/// A product that has met nothing joins a family that its argument is correlated with, and is one of its own otherwise.
/// Families of vectors bear the numbers of their states, those of products the numbers that follow.
void GaussianFamilies::place_in_family(size_t index, const Growth& argument) {
  Product& product = products_[index];
  const std::vector<size_t>& others = met_[{product.place.matrix, product.place.transposed}];
  const auto found =
      std::ranges::find_if(others, [&](size_t other) { return correlated_with(argument, other, joined_); });
  if (found != others.end()) {
    product.family = *found;
  } else {
    product.family = module_.states.size() + families_.size();
    families_.emplace_back();
  }
  family(product.family).products.push_back(index);
}

bool GaussianFamilies::correlated_with(const Growth& argument, size_t other, const JoinedFamilies& joined) const {
  return std::ranges::any_of(family(other).met,
                             [&](const Met& met) { return correlated(argument, met.argument, joined); });
}

bool GaussianFamilies::join_correlated() {
  bool joined = false;
  for (auto& [direction, families] : met_) {
    while (join_correlated(families)) joined = true;
  }
  return joined;
}

/// Joins two of the families, if any are correlated; what the two met then counts as the first one's.
bool GaussianFamilies::join_correlated(std::vector<size_t>& families) {
  for (size_t a : families) {
    for (size_t b : families) {
      const bool are_correlated = a != b && std::ranges::any_of(family(a).met, [&](const Met& met) {
                                    return correlated_with(met.argument, b, {});
                                  });
      if (are_correlated) return join(a, b), true;
    }
  }
  return false;
}

/// Joins the family of a product whose argument is new with those it is correlated with, so that a chain of products
/// (the gradients of two inputs through a network) takes one pass and not as many as it is long. What was computed
/// before a join and may be wrong now waits for the next round.
void GaussianFamilies::join_at_once(size_t index) {
  const Product& product = products_[index];
  const std::vector<size_t> others = met_.at({product.place.matrix, product.place.transposed});
  for (const size_t other : others) {
    if (other == product.family || !correlated_with(product.argument, other, joined_)) continue;
    join(product.family, other);
  }
}

void GaussianFamilies::join(size_t one, size_t other) {
  const size_t kept = std::min(one, other), gone = std::max(one, other);
  const Family moved = std::exchange(family(gone), {});
  Family& all = family(kept);
  for (const size_t product : moved.products) products_[product].family = kept;
  all.products.insert(all.products.end(), moved.products.begin(), moved.products.end());
  for (const Met& met : moved.met) all.meet(met.argument, met.products);
  all.arguments.absorb(moved.arguments);
  const ProductPlace& place = products_[all.products.front()].place;
  std::erase(met_.at({place.matrix, place.transposed}), gone);
  for (const size_t number : {kept, gone}) joined_[kept].insert(number);
  if (const auto before = joined_.extract(gone)) joined_[kept].insert(before.mapped().begin(), before.mapped().end());
}

Growth GaussianFamilies::product(const ProductPlace& place, const Growth& x) const {
  const Product& product = products_[index_.at(place)];
  return settled_ && x == product.last_argument ? product.image : image_of(product, x);
}

Growth GaussianFamilies::image_of(const Product& product, const Growth& x) const {
  const ProductPlace& place = product.place;
  const Rational entry_exponent = -module_.state(place.matrix).b;
  // There are at most as many families as products: one that has met nothing yet has a number behind them all.
  const size_t family = product.family != none ? product.family : module_.states.size() + products_.size();
  Growth image;
  for (const Term& term : x.terms()) {
    const Term hat{term.exponent + entry_exponent + half,
                   term.parity.times_matrix(place.matrix.index).in_family(family)};
    image.absorb(hat);
    absorb_dot(product, term, hat, image);
  }
  return image;
}

/// dotZ^{W x}, as far as this term of x makes it; `hat`: its hatZ^{W x}.
void GaussianFamilies::absorb_dot(const Product& product, const Term& x, const Term& hat, Growth& image) const {
  const size_t matrix = product.place.matrix.index;
  const auto transpose = met_.find({product.place.matrix, !product.place.transposed});
  if (transpose == met_.end()) return;
  for (const size_t number : transpose->second) {
    if (x.parity.is_even_in_family(number)) continue;  // E[Z^x hatZ^{W^T y}] is zero: most are, in a recurrence
    for (const Term& y : family(number).arguments.terms()) {
      if (mean_of_product_vanishes(x.parity, y.parity.times_matrix(matrix).in_family(number))) continue;
      image.absorb({hat.exponent + y.exponent, hat.parity.with_families_of(y.parity)});
    }
  }
}

}  // namespace tpc::passes::width
