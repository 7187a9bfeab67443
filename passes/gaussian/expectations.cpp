#include "passes/gaussian/expectations.h"

#include <algorithm>

#include "ir/limit/deviation.h"

namespace tpc::passes::gaussian {

ValueId Expectations::of(ValueId a, ValueId b) {  // NOLINT(misc-no-recursion)
  const auto key = std::pair{a, b};
  if (auto found = expectations_.find(key); found != expectations_.end()) return found->second;
  for (ValueId whole : {std::max(a, b.valid() ? b : a), a, b}) {  // sums one by one: their parts are shared
    const auto* map = whole.valid() ? std::get_if<ir::Map>(&values_.source().at(whole).op) : nullptr;
    const bool sum = map != nullptr && (map->primitive == Primitive::Add || map->primitive == Primitive::Sub);
    if (!sum || values_.is_scalar(whole) || values_.at(whole).root.valid()) continue;
    auto part = [&](ValueId x) { return whole == a ? of(x, b) : of(a, x); };
    const ValueId first = part(map->arguments[0]), second = part(map->arguments[1]);
    return expectations_[key] = f_.add(first, map->primitive == Primitive::Add ? second : f_.neg(second));
  }
  const std::vector<Product> left = expand(a);
  const std::vector<Product> right = b.valid() ? expand(b) : std::vector<Product>{{f_.number(1), {}}};
  ValueId sum;
  for (const Product& x : left) {
    for (const Product& y : right) {
      Product both{f_.mul(x.coefficient, y.coefficient), x.factors};
      both.factors.insert(both.factors.end(), y.factors.begin(), y.factors.end());
      sum = f_.add(sum, of(both));
    }
  }
  f_.name(sum, values_.moment_name(a, b));
  return expectations_[key] = sum;
}

const std::vector<Expectations::Product>& Expectations::expand(ValueId id) {  // NOLINT(misc-no-recursion)
  if (auto found = expanded_.find(id); found != expanded_.end()) return found->second;
  std::vector<Product> products;
  if (values_.is_scalar(id)) {
    products.push_back({values_.renamed(id), {}});
  } else if (values_.at(id).root.valid()) {
    products.push_back({f_.number(1), {id}});
  } else if (const auto* op = std::get_if<ir::Map>(&values_.source().at(id).op)) {
    products = expand_map(id, *op);
  } else {
    throw NoFormula(values_.name(id) + " is not made of Gaussian variables one by one");
  }
  constexpr size_t most = 4096;
  if (products.size() > most) throw NoFormula(values_.name(id) + " is a sum of too many products");
  return expanded_[id] = std::move(products);
}

std::vector<Expectations::Product> Expectations::expand_map(ValueId id,
                                                            const ir::Map& op) {  // NOLINT(misc-no-recursion)
  std::vector<Product> left = expand(op.arguments[0]);
  auto multiply = [&](const std::vector<Product>& right) {
    std::vector<Product> result;
    for (const Product& x : left) {
      for (const Product& y : right) {
        result.push_back({f_.mul(x.coefficient, y.coefficient), x.factors});
        auto& factors = result.back().factors;
        factors.insert(factors.end(), y.factors.begin(), y.factors.end());
      }
    }
    left = std::move(result);
  };
  switch (ir::form_of(op.primitive)) {
    case PrimitiveForm::negation: multiply({{f_.number(-1), {}}}); return left;
    case PrimitiveForm::sum:
    case PrimitiveForm::difference:
      for (Product y : expand(op.arguments[1])) {
        if (op.primitive == Primitive::Sub) y.coefficient = f_.neg(y.coefficient);
        left.push_back(std::move(y));
      }
      return left;
    case PrimitiveForm::product: multiply(expand(op.arguments[1])); return left;
    case PrimitiveForm::quotient:
      if (!values_.is_scalar(op.arguments[1])) break;
      multiply({{f_.div(f_.number(1), values_.renamed(op.arguments[1])), {}}});
      return left;
    case PrimitiveForm::power: {
      constexpr int largest = 4;
      if (op.power < 1 || op.power > largest) break;
      const std::vector<Product> base = left;
      for (int i = 1; i < op.power; ++i) multiply(base);
      return left;
    }
    case PrimitiveForm::correlation:
    case PrimitiveForm::curve: break;
  }
  throw NoFormula(values_.name(id) + " is `" + std::string(ir::primitive_name(op.primitive)) +
                  "` of more than one Gaussian variable");
}

/// Gaussian variables of covariance zero are independent, and so are functions of them.
std::vector<Expectations::Component> Expectations::components(const std::vector<ValueId>& factors) {  // NOLINT
  std::vector<Component> result;
  for (ValueId factor : factors) {
    const ValueId root = values_.at(factor).root;
    Component joined;
    bool known = false;
    for (Component& component : result) {
      for (Group& group : component) {
        if (group.root == root) group.factors.push_back(factor), known = true;
      }
    }
    if (known) continue;
    std::vector<Component> rest;
    for (Component& component : result) {
      const bool tied = std::any_of(component.begin(), component.end(),
                                    [&](const Group& group) { return covariance(group.root, root).valid(); });
      if (tied)
        joined.insert(joined.end(), component.begin(), component.end());
      else
        rest.push_back(std::move(component));
    }
    joined.push_back({root, {factor}});
    rest.push_back(std::move(joined));
    result = std::move(rest);
  }
  return result;
}

/// Under a change of all signs, which leaves the joint law as it is.
Parity Expectations::parity(const Component& component) const {
  bool odd = false;
  for (const Group& group : component) {
    for (ValueId factor : group.factors) {
      const Parity own = values_.parity(factor, group.root);
      if (own == Parity::neither) return own;
      odd ^= own == Parity::odd;
    }
  }
  return odd ? Parity::odd : Parity::even;
}

ValueId Expectations::of(const Product& product) {  // NOLINT(misc-no-recursion)
  if (!product.coefficient.valid()) return {};
  const auto parts = components(product.factors);
  for (const Component& part : parts) {
    if (parity(part) == Parity::odd) return {};
  }
  ValueId result = product.coefficient;
  for (const Component& part : parts) result = f_.mul(result, of(part));
  return result;
}

ValueId Expectations::of(const Component& component) {  // NOLINT(misc-no-recursion)
  if (component.size() > 2) {
    std::string names;
    for (const Group& group : component) names += (names.empty() ? "" : ", ") + values_.name(group.root);
    throw NoFormula("an expectation of more than two dependent Gaussian variables: " + names);
  }
  std::vector<ValueId> key;
  for (const Group& group : component) {
    key.push_back(group.root);
    key.insert(key.end(), group.factors.begin(), group.factors.end());
    key.emplace_back();
  }
  if (auto found = integrals_.find(key); found != integrals_.end()) return found->second;
  const ValueId u = component.front().root, v = component.back().root;
  Covariance c{covariance(u, u), {}, {}, {}};
  if (component.size() == 2) c = {c.p, covariance(v, v), covariance(u, v), area(u, v)};
  const auto closed = closed_form(component, c);
  return integrals_[key] = closed ? *closed : quadrature(component, c);
}

ValueId Expectations::covariance(ValueId u, ValueId v) {  // NOLINT(misc-no-recursion)
  if (values_.source().type(v).dims < values_.source().type(u).dims) std::swap(u, v);
  const auto key = std::pair{u, v};
  if (auto found = covariances_.find(key); found != covariances_.end()) return found->second;
  ValueId sum;
  for (const LinearTerm& a : values_.at(u).linear) {
    for (const LinearTerm& b : values_.at(v).linear) sum = f_.add(sum, covariance(a, b));
  }
  f_.name(sum, values_.moment_name(u, v));
  return covariances_[key] = sum;
}

ValueId Expectations::covariance(const LinearTerm& a, const LinearTerm& b) {  // NOLINT(misc-no-recursion)
  if (a.state != b.state || a.product.valid() != b.product.valid()) return {};
  const ValueId coefficients = f_.mul(a.coefficient, b.coefficient);
  auto variance = [&](ir::StateId state) { return module_.state(state).init.value * module_.state(state).init.value; };
  if (a.product.valid()) {
    const auto& x = std::get<limit::Condition>(values_.source().at(a.product).op);
    const auto& y = std::get<limit::Condition>(values_.source().at(b.product).op);
    if (x.matrix != y.matrix || x.transposed != y.transposed) return {};
    const bool swapped = values_.source().type(y.argument).dims < values_.source().type(x.argument).dims;
    const ValueId moment = swapped ? of(y.argument, x.argument) : of(x.argument, y.argument);
    return f_.mul(coefficients, f_.mul(limit::variance_of_product(module_.state(x.matrix), x.transposed), moment));
  }
  // Entries of a state are independent: an index summed on both sides is summed once, else it is that of the other.
  std::vector<DimId> both;
  std::set_intersection(a.summed.begin(), a.summed.end(), b.summed.begin(), b.summed.end(), std::back_inserter(both));
  if (both.empty()) return f_.mul(variance(a.state), coefficients);
  if (!a.coefficient.valid() || !b.coefficient.valid()) return {};
  for (DimId dim : both) {
    auto has = [&](ValueId x) {
      const auto& dims = f_.build.type(x).dims;
      return std::find(dims.begin(), dims.end(), dim) != dims.end();
    };
    if (!has(a.coefficient) && !has(b.coefficient)) throw NoFormula("a sum of equal terms over a state's dimension");
  }
  return f_.mul(variance(a.state), f_.build.contract(a.coefficient, b.coefficient, both));
}

void Expectations::require_no_dot(ValueId product, const limit::Condition& op) {
  auto meets = [&](const Group& group) {
    const auto& terms = values_.at(group.root).linear;
    return std::any_of(terms.begin(), terms.end(), [&](const LinearTerm& term) {
      if (!term.product.valid()) return false;
      const auto& other = std::get<limit::Condition>(values_.source().at(term.product).op);
      return other.matrix == op.matrix && other.transposed != op.transposed;
    });
  };
  for (const Product& term : expand(op.argument)) {
    const auto parts = components(term.factors);
    for (const Component& part : parts) {
      if (std::none_of(part.begin(), part.end(), meets)) continue;
      // E of the derivative is a product over the groups: of odd others it is zero, and a derivative of even is odd.
      bool zero = parity(part) == Parity::even;
      for (const Component& other : parts) zero |= &other != &part && parity(other) == Parity::odd;
      if (zero) continue;
      throw NoFormula(values_.name(product) + " multiplies by `" + module_.state(op.matrix).name +
                      "` a value that depends on products with its transpose: its dotZ is not zero");
    }
  }
}

}  // namespace tpc::passes::gaussian
