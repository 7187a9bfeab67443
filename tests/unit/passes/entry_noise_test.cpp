// ZNoise: the number that two points make of two Gaussian vectors is standard normal whatever one of them is.
#include "passes/limit/entry_noise.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "ir/core/primitive.h"

using namespace tpc;
using ir::StateId;
using ir::ValueId;
namespace limit = ir::limit;

namespace {

/// The states at a point.
struct Point {
  double first, second;
};

/// A value at the points w and w', or of the pair: then both are the same.
struct AtBoth {
  double here, there;
};

double noise(const limit::Function& function, const Point& w, const Point& other) {
  std::vector<AtBoth> values;
  for (const limit::Instruction& instruction : function.body) {
    const auto at = [&](ValueId id) { return values[id.index]; };
    AtBoth result{};
    if (const auto* constant = std::get_if<ir::Constant>(&instruction.op)) {
      result = {constant->value, constant->value};
    } else if (const auto* read = std::get_if<ir::Read>(&instruction.op)) {
      result = read->state == StateId(0) ? AtBoth{w.first, other.first} : AtBoth{w.second, other.second};
    } else if (const auto* product = std::get_if<limit::PairProduct>(&instruction.op)) {
      const double pair = at(product->left).here * at(product->right).there;
      result = {pair, pair};
    } else {
      const auto& map = std::get<ir::Map>(instruction.op);
      std::vector<double> here, there;
      for (const ValueId argument : map.arguments) {
        here.push_back(at(argument).here);
        there.push_back(at(argument).there);
      }
      result = {ir::evaluate_primitive(map.primitive, here, map.power),
                ir::evaluate_primitive(map.primitive, there, map.power)};
    }
    values.push_back(result);
  }
  return values.back().here;
}

/// erf(x / sqrt 2) at midpoints of equal probability, inverted by bisection.
double quantile(double probability) {
  double low = -10.0, high = 10.0;
  while (high - low > 1e-12) {
    const double middle = 0.5 * (low + high);
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < probability ? low : high) = middle;
  }
  return low;
}

}  // namespace

TEST_CASE("noise of entries has the moments of a standard normal number at every fixed point (ZNoise)") {
  limit::Module module;
  module.states.resize(2);
  for (size_t i = 0; i < 2; ++i) {
    module.states[i].name = i == 0 ? "first" : "second";
    module.states[i].type.kind = ir::Kind::vector;
  }
  limit::Function function;
  limit::Builder builder(module, function);
  passes::entry_noise(builder, StateId(0), StateId(1), "z");
  constexpr int count = 256;
  std::vector<double> quantiles;
  for (int i = 0; i < count; ++i) quantiles.push_back(quantile((i + 0.5) / count));
  for (const Point& fixed : {Point{0.0, 0.0}, Point{-1.3, 0.4}, Point{0.7, -2.1}}) {
    std::vector<double> moments(5), mirrored(5);
    for (const double first : quantiles) {
      for (const double second : quantiles) {
        const double z = noise(function, fixed, {first, second}), back = noise(function, {first, second}, fixed);
        for (int power = 1; power <= 4; ++power) {
          moments[static_cast<size_t>(power)] += std::pow(z, power) / (count * count);
          mirrored[static_cast<size_t>(power)] += std::pow(back, power) / (count * count);
        }
      }
    }
    for (const std::vector<double>& found : {moments, mirrored}) {
      CHECK(found[1] == doctest::Approx(0.0).epsilon(1e-3));
      CHECK(found[2] == doctest::Approx(1.0).epsilon(0.01));
      CHECK(found[3] == doctest::Approx(0.0).epsilon(1e-3));
      CHECK(found[4] == doctest::Approx(3.0).epsilon(0.03));
    }
  }
}
