#include "passes/width/gaussian_families.h"

#include <algorithm>

namespace tpc::passes::width {

using ir::Rational;
using ir::ValueId;

namespace {

const Rational half(1, 2);

/// Whether E[Z^x Z^y] may differ from zero by more than sums over the width fluctuate anyway. Exponents count from the
/// leading ones, which Z^x and Z^y are divided by. Products that are mixed in a family of `outdated` are not counted.
bool correlated(const Growth& x, const Growth& y, const std::vector<size_t>& outdated = {}) {
  if (x.is_zero() || y.is_zero()) return false;
  const Rational leading = x.terms().front().exponent + y.terms().front().exponent;
  return std::ranges::any_of(x.terms(), [&](const Term& a) {
    return std::ranges::any_of(y.terms(), [&](const Term& b) {
      if (a.exponent + b.exponent <= leading - half || mean_of_product_vanishes(a.parity, b.parity)) return false;
      return std::ranges::none_of(outdated, [&](size_t family) {
        return a.parity.mixed_in_family(family) || b.parity.mixed_in_family(family);
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
    for (Product& product : products_) product.argument = {};
    met_.clear();
    joined_.clear();
    while (record_arguments()) {
    }
  } while (join_correlated() || !joined_.empty());
  settle_images();
}

/// The last pass over the functions met nothing new: every product has its argument of every step.
void GaussianFamilies::settle_images() {
  for (Product& product : products_) {
    product.image = image_of(product, product.last_argument);
  }
  settled_ = true;
}

/// Every product is a family of its own at first; families of vectors bear the numbers of their states. A state may
/// come to hold another one's matrix, so that products with that one are met only then.
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
      products_.push_back({place, module_.states.size() + products_.size(), {}, {}, {}});
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
    Product& product = products_[index_.at({function.key, id, term.state, op->transposed})];
    product.last_argument = values[op->argument.index].value.initial;
    if (!absorb(product, product.last_argument)) continue;
    join_at_once(product);
    grew = true;
  }
  return grew;
}

bool GaussianFamilies::absorb(Product& product, const Growth& argument) {
  if (!product.argument.absorb(argument)) return false;
  std::vector<Met>& families = met_[{product.place.matrix, product.place.transposed}];
  auto own = std::ranges::find(families, product.family, &Met::family);
  if (own == families.end()) own = families.insert(own, {product.family, {}});
  const Rational leading = product.argument.terms().front().exponent;
  for (const Term& term : product.argument.terms()) own->arguments.absorb({term.exponent - leading, term.parity});
  return true;
}

bool GaussianFamilies::join_correlated() {
  bool joined = false;
  for (const Product& a : products_) {
    for (const Product& b : products_) {
      const bool same_matrix = a.place.matrix == b.place.matrix && a.place.transposed == b.place.transposed;
      if (!same_matrix || a.family >= b.family || !correlated(a.argument, b.argument)) continue;
      join(a.family, b.family);
      joined = true;
    }
  }
  return joined;
}

/// Joins the family of a product whose argument is new with those it is correlated with, so that a chain of products
/// (the gradients of two inputs through a network) takes one pass and not as many as it is long. Values computed before
/// a join may be mixed in the two families and yet odd in what they have become: these wait for the next round.
void GaussianFamilies::join_at_once(const Product& product) {
  for (const Product& other : products_) {
    const bool same_matrix =
        other.place.matrix == product.place.matrix && other.place.transposed == product.place.transposed;
    if (!same_matrix || other.family == product.family) continue;
    if (correlated(product.argument, other.argument, joined_)) join(product.family, other.family);
  }
}

void GaussianFamilies::join(size_t family, size_t other) {
  const size_t kept = std::min(family, other), gone = std::max(family, other);
  for (Product& product : products_) {
    if (product.family == gone) product.family = kept;
  }
  joined_.push_back(kept);
  joined_.push_back(gone);
}

Growth GaussianFamilies::product(const ProductPlace& place, const Growth& x) const {
  const Product& product = products_[index_.at(place)];
  return settled_ && x == product.last_argument ? product.image : image_of(product, x);
}

Growth GaussianFamilies::image_of(const Product& product, const Growth& x) const {
  const ProductPlace& place = product.place;
  const Rational entry_exponent = -module_.state(place.matrix).b;
  const std::vector<MetTerm> transpose = met_by_transpose(place);
  Growth image;
  for (const Term& term : x.terms()) {
    const Term hat{term.exponent + entry_exponent + half,
                   term.parity.times_matrix(place.matrix.index).in_family(product.family)};
    image.absorb(hat);
    for (const auto& [y, hat_y] : transpose) {  // dotZ^{W x}, as far as this term of x makes it
      if (mean_of_product_vanishes(term.parity, hat_y)) continue;
      image.absorb({hat.exponent + y->exponent, hat.parity.with_families_of(y->parity)});
    }
  }
  return image;
}

std::vector<GaussianFamilies::MetTerm> GaussianFamilies::met_by_transpose(const ProductPlace& place) const {
  std::vector<MetTerm> terms;
  const auto transpose = met_.find({place.matrix, !place.transposed});
  if (transpose == met_.end()) return terms;
  for (const Met& met : transpose->second) {
    for (const Term& y : met.arguments.terms()) {
      terms.push_back({&y, y.parity.times_matrix(place.matrix.index).in_family(met.family)});
    }
  }
  return terms;
}

}  // namespace tpc::passes::width
