#include "equations/math.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <unordered_map>

namespace tpc::equations::math {
namespace {

Math node(Shape shape, std::vector<Math> parts) {
  Math m;
  m.shape = shape;
  m.parts = std::move(parts);
  return m;
}

/// A term as a number times factors.
struct Multiple {
  double factor = 1.0;
  std::span<const Math> factors;
};

Multiple multiple_of(const Math& term) {  // NOLINT(misc-no-recursion): one negation deep
  if (term.shape == Shape::number) return {term.value, {}};
  if (term.shape == Shape::negate) {
    const Multiple inner = multiple_of(term.parts[0]);
    return {-inner.factor, inner.factors};
  }
  if (term.shape != Shape::product) return {1.0, {&term, 1}};
  const bool numbered = term.parts[0].shape == Shape::number;
  return {numbered ? term.parts[0].value : 1.0, std::span(term.parts).subspan(numbered ? 1 : 0)};
}

/// Equal for equal expressions.
size_t hash_of(const Math& m) {  // NOLINT(misc-no-recursion): as deep as the expression
  size_t hash = std::hash<std::string>{}(m.name) ^ (static_cast<size_t>(m.shape) << 8U);
  const auto add = [&](size_t next) { hash = hash * 1000003U + next; };
  add(std::hash<double>{}(m.value));
  for (const std::string& subscript : m.subscripts) add(std::hash<std::string>{}(subscript));
  for (const Math& part : m.parts) add(hash_of(part));
  return hash;
}

/// Terms of a sum, of which many may be there: a - b - b is a - 2 b.
class Terms {
 public:
  void add(Math term) {
    const Multiple added = multiple_of(term);
    size_t hash = 0;
    for (const Math& factor : added.factors) hash = hash * 1000003U + hash_of(factor);
    const auto [first, last] = places_.equal_range(hash);
    for (auto place = first; place != last; ++place) {
      Math& present = terms_[place->second];
      const Multiple own = multiple_of(present);
      if (!std::ranges::equal(own.factors, added.factors)) continue;
      std::vector<Math> gathered{number(own.factor + added.factor)};
      gathered.insert(gathered.end(), own.factors.begin(), own.factors.end());
      present = product(std::move(gathered));
      return;
    }
    places_.emplace(hash, terms_.size());
    terms_.push_back(std::move(term));
  }
  [[nodiscard]] std::vector<Math> take() { return std::move(terms_); }

 private:
  std::vector<Math> terms_;
  std::unordered_multimap<size_t, size_t> places_;  ///< by the hash of a term's factors
};

}  // namespace

Math number(double value) {
  Math m;
  m.value = value;
  return m;
}

Math symbol(std::string accent, std::string name, std::vector<std::string> subscripts) {
  Math m = node(Shape::symbol, {});
  m.accent = std::move(accent);
  m.name = std::move(name);
  m.subscripts = std::move(subscripts);
  return m;
}

Math words(std::string text) {
  Math m = node(Shape::words, {});
  m.name = std::move(text);
  return m;
}

Math sum(std::string range, Math body) {
  if (body.shape == Shape::negate) return negate(sum(std::move(range), std::move(body.parts[0])));
  if (body.shape == Shape::product && body.parts[0].shape == Shape::number) {  // constants stand in front
    Math constant = body.parts[0];
    body.parts.erase(body.parts.begin());
    return product({std::move(constant), sum(std::move(range), product(std::move(body.parts)))});
  }
  Math m = node(Shape::sum, {std::move(body)});
  m.name = std::move(range);
  return m;
}

Math expectation(Math body) { return node(Shape::expectation, {std::move(body)}); }
Math derivative(Math of, Math by) { return node(Shape::derivative, {std::move(of), std::move(by)}); }

Math function(std::string name, std::vector<Math> arguments) {
  Math m = node(Shape::function, std::move(arguments));
  m.name = std::move(name);
  return m;
}

Math power(Math base, int exponent) {
  Math m = node(Shape::power, {std::move(base)});
  m.name = std::to_string(exponent);
  return m;
}

Math negate(Math a) {
  if (a.shape == Shape::negate) return std::move(a.parts[0]);
  if (a.shape == Shape::number) return number(-a.value);
  return node(Shape::negate, {std::move(a)});
}

Math quotient(Math a, Math b) { return node(Shape::quotient, {std::move(a), std::move(b)}); }

Math product(std::vector<Math> factors) {
  for (size_t i = 0; i < factors.size(); ++i) {
    if (factors[i].shape != Shape::quotient) continue;
    Math divisor = std::move(factors[i].parts[1]);  // a (b / c) d = (a b d) / c
    Math numerator = std::move(factors[i].parts[0]);
    factors[i] = std::move(numerator);
    return quotient(product(std::move(factors)), std::move(divisor));
  }
  double scale = 1.0;
  std::vector<Math> kept;
  for (Math& factor : factors) {
    if (factor.shape == Shape::negate) {
      scale = -scale;
      factor = std::move(factor.parts[0]);
    }
    if (factor.shape == Shape::number) {
      scale *= factor.value;
    } else if (factor.shape == Shape::product) {
      for (Math& inner : factor.parts) {
        if (inner.shape == Shape::number)
          scale *= inner.value;
        else
          kept.push_back(std::move(inner));
      }
    } else {
      kept.push_back(std::move(factor));
    }
  }
  if (kept.empty() || scale == 0) return number(scale);
  if (std::fabs(scale) != 1.0) kept.insert(kept.begin(), number(std::fabs(scale)));
  Math result = kept.size() == 1 ? std::move(kept[0]) : node(Shape::product, std::move(kept));
  return scale < 0 ? negate(std::move(result)) : result;
}

Math plus(std::vector<Math> terms) {
  Terms gathered;
  for (Math& term : terms) {
    if (term.shape == Shape::plus) {
      for (Math& inner : term.parts) gathered.add(std::move(inner));
    } else {
      gathered.add(std::move(term));
    }
  }
  std::vector<Math> flat = gathered.take();
  std::erase_if(flat, [](const Math& term) { return term.shape == Shape::number && term.value == 0; });
  if (flat.empty()) return number(0);
  return flat.size() == 1 ? std::move(flat[0]) : node(Shape::plus, std::move(flat));
}

void substitute(Math& m, const Math& symbol, const Math& by) {  // NOLINT(misc-no-recursion): as deep as the expression
  if (m == symbol) {
    m = by;
    return;
  }
  for (Math& part : m.parts) substitute(part, symbol, by);
}

}  // namespace tpc::equations::math
