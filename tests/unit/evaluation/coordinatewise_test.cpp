#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "evaluation/interpreter/interpreter.h"
#include "ir/core/primitive.h"

namespace tpc::ir {
namespace {

const std::vector<Primitive> all_primitives{
#define TPC_PRIMITIVE(enumerator, spelling, arity) Primitive::enumerator,
#include "ir/core/primitives.def"
};

TEST_CASE("primitives are named by their list") {
  for (Primitive primitive : all_primitives) CHECK(primitive_from_name(primitive_name(primitive)) == primitive);
  CHECK_FALSE(primitive_from_name("tangent").has_value());
}

/// A module that applies one primitive to two vector states over [p, q] and [q], and to two scalars.
tp::Module map_module(Primitive primitive, int power) {
  tp::Module module;
  module.dims = {{"p", 3}, {"q", 2}};
  const std::vector<Type> types{
      {Kind::vector, {DimId(0), DimId(1)}}, {Kind::vector, {DimId(1)}}, {Kind::scalar, {DimId(1), DimId(0)}}};
  for (size_t i = 0; i < types.size(); ++i) {
    State& state = module.states.emplace_back();
    state.name = "s" + std::to_string(i);
    state.type = types[i];
  }
  tp::Function& function = module.functions.emplace_back();
  function.key = FunctionKey("f");
  tp::Builder build(module, function);
  const ValueId wide = build.read(StateId(0)), narrow = build.read(StateId(1)), numbers = build.read(StateId(2));
  auto apply = [&](const char* name, std::vector<ValueId> arguments) {
    if (primitive_arity(primitive) == 1) arguments.pop_back();
    function.results.push_back({name, build.map(primitive, arguments, power)});
  };
  apply("vector", {wide, narrow});
  apply("mixed", {wide, numbers});
  apply("mixed first", {numbers, wide});
  apply("scalar", {numbers, numbers});
  return module;
}

/// Entry (i, j, r) of an argument by its own dimensions: the oracle of broadcasting.
struct Entries {
  std::vector<double> wide, narrow, numbers;
  double operator()(int which, size_t i, size_t j, size_t r, size_t n) const {
    if (which == 0) return wide[(i * 2 + j) * n + r];
    return which == 1 ? narrow[j * n + r] : numbers[j * 3 + i];
  }
};

void check_entry(Primitive primitive, int power, double got, double a, double b) {
  const double arguments[] = {a, b};
  const double expected = evaluate_primitive(primitive, arguments, power);
  if (std::isnan(expected)) {
    CHECK(std::isnan(got));
  } else if (std::isinf(expected)) {
    CHECK(got == expected);
  } else {
    CHECK(got == doctest::Approx(expected).epsilon(1e-13));
  }
}

TEST_CASE("every primitive agrees with its evaluator at every coordinate, broadcasting included") {
  const unsigned seed = 11;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0.0, 2.0);
  const size_t n = 7;
  for (Primitive primitive : all_primitives) {
    for (int power : {-2, -1, 0, 1, 2, 3, 5}) {
      if (primitive != Primitive::Pow && power != 0) continue;
      CAPTURE(primitive_name(primitive));
      CAPTURE(power);
      Entries entries{std::vector<double>(6 * n), std::vector<double>(2 * n), std::vector<double>(6)};
      for (auto* list : {&entries.wide, &entries.narrow, &entries.numbers}) {
        for (double& value : *list) value = normal(random);
      }
      entries.wide[0] = entries.narrow[0] = 0.0;
      tpc::evaluation::Interpreter interpreter(map_module(primitive, power), static_cast<int64_t>(n), 1);
      interpreter.set_state(StateId(0), entries.wide);
      interpreter.set_state(StateId(1), entries.narrow);
      interpreter.set_state(StateId(2), entries.numbers);
      auto results = interpreter.run(ir::FunctionKey("f"), {});
      const bool unary = primitive_arity(primitive) == 1;
      for (size_t i = 0; i < 3; ++i) {
        for (size_t j = 0; j < 2; ++j) {
          const double number = entries(2, i, j, 0, n);
          check_entry(primitive, power, results["scalar"][j * 3 + i], number, number);
          for (size_t r = 0; r < n; ++r) {
            const double wide = entries(0, i, j, r, n);
            const size_t place = (i * 2 + j) * n + r;
            check_entry(primitive, power, results["vector"][place], wide, entries(1, i, j, r, n));
            check_entry(primitive, power, results["mixed"][place], wide, number);
            // Dimensions in order of first appearance: [q, p] of the scalar first.
            if (!unary) check_entry(primitive, power, results["mixed first"][(j * 3 + i) * n + r], number, wide);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace tpc::ir
