#include "equations/symbolic.h"

#include <fmt/format.h>
#include <cmath>
#include <optional>
#include <string>

namespace tpc::equations {
namespace {

using math::Math;
using math::Shape;

/// A number that people write: few digits.
std::optional<double> simple(double value) {
  constexpr double rounding = 1e-12;
  const double rounded = std::stod(fmt::format("{:.5g}", value));
  const bool is_simple = rounded != 0 && std::fabs(rounded - value) <= rounding * std::fabs(value);
  return is_simple ? std::optional(rounded) : std::nullopt;
}

Math named(const NamedNumber& name) {
  return math::symbol("", name.symbol, name.of.empty() ? std::vector<std::string>{} : std::vector{name.of});
}

std::optional<Math> in_names(double value, const std::vector<NamedNumber>& names) {
  if (simple(value)) return std::nullopt;
  for (const NamedNumber& first : names) {
    if (const auto factor = simple(value / first.value)) return math::product({math::number(*factor), named(first)});
    const double square = first.value * first.value;
    if (const auto factor = simple(value / square))
      return math::product({math::number(*factor), math::power(named(first), 2)});
    for (const NamedNumber& second : names) {
      if (&second == &first) break;
      if (const auto factor = simple(value / (first.value * second.value)))
        return math::product({math::number(*factor), named(second), named(first)});
    }
  }
  return std::nullopt;
}

}  // namespace

/// Cube roots of primes, scaled to the sizes that such numbers have: no power up to the second is rational.
std::vector<double> distinct_values(size_t count) {
  std::vector<double> values;
  for (int candidate = 2; values.size() < count; ++candidate) {
    bool prime = true;
    for (int divisor = 2; divisor * divisor <= candidate; ++divisor) prime = prime && candidate % divisor != 0;
    const double root = std::cbrt(static_cast<double>(candidate));
    if (prime) values.push_back(0.5 + (root - std::floor(root)) / 2);
  }
  return values;
}

void write_names(Math& m, const std::vector<NamedNumber>& names) {  // NOLINT(misc-no-recursion): as deep as the tree
  for (Math& part : m.parts) write_names(part, names);
  switch (m.shape) {
    case Shape::number:
      if (auto written = in_names(m.value, names)) m = std::move(*written);
      return;
    case Shape::product: m = math::product(std::move(m.parts)); return;
    case Shape::plus: m = math::plus(std::move(m.parts)); return;
    case Shape::negate: m = math::negate(std::move(m.parts[0])); return;
    case Shape::symbol:
    case Shape::sum:
    case Shape::expectation:
    case Shape::derivative:
    case Shape::quotient:
    case Shape::power:
    case Shape::function:
    case Shape::words: return;
  }
}

}  // namespace tpc::equations
