// Accuracy of the generated coordinatewise functions, on lanes and on single numbers, against long double std:: values.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <random>

#include "tests/unit/codegen/harness.h"

namespace {

using namespace tpc;
using namespace tpc::test;
using ir::Primitive;

/// One function that applies the primitive to a random variable and to a batch of numbers.
ir::limit::Module map_module(Primitive primitive, int power) {
  ir::limit::Module module;
  module.name = "map";
  module.dims.push_back({"B", std::nullopt});
  for (const char* name : {"in", "out"}) {
    ir::State state;
    state.name = name;
    state.type = {ir::Kind::vector, {}};
    module.states.push_back(state);
  }
  module.functions.push_back({ir::FunctionKey("apply"), {}, {}});
  ir::limit::Builder builder(module, module.functions.back());
  builder.write(ir::StateId(1), builder.map(primitive, {builder.read(ir::StateId(0))}, power));
  const auto numbers = builder.map(primitive, {builder.input("x", {ir::DimId(0)})}, power);
  module.functions.back().results.push_back({"y", numbers});
  return module;
}

struct Values {
  std::vector<double> lanes, numbers;
};

Values apply(Primitive primitive, int power, std::vector<double> x, tp_precision precision) {
  x.resize((x.size() + 63) / 64 * 64, 0.5);
  Contents before;
  before.samples = static_cast<int64_t>(x.size());
  before.weights.assign(x.size(), 1.0);
  before.random = {{0, x}, {1, x}};
  codegen::CodegenOptions options;
  options.precision = precision;
  auto result =
      run_compiled(compile(map_module(primitive, power), options), "apply", before, {{"x", x}}, before.samples);
  return {result.after.random.at(1), result.results[0]};
}

/// |got - exact| in units in the last place of the rounded exact value; 0 if both are the same or both nan.
double ulp_error(double got, long double exact, bool is_float) {
  const double rounded = is_float ? static_cast<double>(static_cast<float>(exact)) : static_cast<double>(exact);
  if (got == rounded || (std::isnan(got) && std::isnan(rounded))) return 0.0;
  if (!std::isfinite(got) || !std::isfinite(rounded)) return std::numeric_limits<double>::infinity();
  const double magnitude = std::fabs(rounded);
  const double unit = is_float
                          ? static_cast<double>(std::nextafterf(static_cast<float>(magnitude), INFINITY)) - magnitude
                          : std::nextafter(magnitude, INFINITY) - magnitude;
  return static_cast<double>(std::fabs(static_cast<long double>(got) - exact) / static_cast<long double>(unit));
}

std::vector<double> grid(double from, double to, std::mt19937_64& random) {
  std::vector<double> x;
  constexpr int count = 40000;
  for (int i = 0; i <= count; ++i) x.push_back(from + (to - from) * i / count);
  std::uniform_real_distribution<double> uniform(from, to), exponent(-300.0, std::log10(to));
  for (int i = 0; i < count; ++i) x.push_back(uniform(random));
  for (int i = 0; i < count; ++i) x.push_back((i % 2 ? 1.0 : -1.0) * std::pow(10.0, exponent(random)));
  return x;
}

struct Case {
  Primitive primitive;
  double from, to;
  std::function<long double(long double)> exact;
  double bound;  ///< in units in the last place of a double
};

const Case cases[] = {
    {Primitive::Exp, -700, 709.7, [](long double x) { return std::exp(x); }, 1.0},
    {Primitive::Tanh, -30, 30, [](long double x) { return std::tanh(x); }, 2.0},
    {Primitive::Sigmoid, -700, 100, [](long double x) { return 1 / (1 + std::exp(-x)); }, 2.5},
    {Primitive::Softplus, -700, 800,
     [](long double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }, 2.0},
    {Primitive::Erf, -7, 7, [](long double x) { return std::erf(x); }, 2.0},
    {Primitive::Sin, -1e5, 1e5, [](long double x) { return std::sin(x); }, 1.5},
    {Primitive::Cos, -1e5, 1e5, [](long double x) { return std::cos(x); }, 1.5},
    {Primitive::Asin, -1.25, 1.25, [](long double x) { return std::asin(std::clamp(x, -1.0L, 1.0L)); }, 1.5},
    {Primitive::Log, 0, 1e6, [](long double x) { return std::log(x); }, 1.0},
    {Primitive::Sqrt, 0, 1e6, [](long double x) { return std::sqrt(x); }, 0.5},
};

TEST_CASE("transcendental functions are accurate to units in the last place") {
  constexpr uint64_t seed = 20240607;
  CAPTURE(seed);
  for (const Case& test : cases) {
    std::mt19937_64 random(seed);
    for (const tp_precision precision : {TP_F64, TP_F32}) {
      const bool is_float = precision == TP_F32;
      auto x =
          grid(is_float ? std::max(test.from, -80.0) : test.from, is_float ? std::min(test.to, 80.0) : test.to, random);
      if (is_float) {
        for (double& value : x) value = static_cast<float>(value);
      }
      if (test.primitive == Primitive::Sqrt || test.primitive == Primitive::Log) {
        for (double& value : x) value = std::fabs(value);
      }
      const Values got = apply(test.primitive, 0, x, precision);
      double worst = 0.0, worst_number = 0.0, worst_at = 0.0;
      for (size_t i = 0; i < x.size(); ++i) {
        const long double exact = test.exact(static_cast<long double>(x[i]));
        const double error = ulp_error(got.lanes[i], exact, is_float);
        if (error > worst) {
          worst = error;
          worst_at = x[i];
        }
        worst_number = std::max(worst_number, ulp_error(got.numbers[i], exact, false));
      }
      MESSAGE(ir::primitive_name(test.primitive) << (is_float ? " f32: " : " f64: ") << worst << " ulp (at " << worst_at
                                                 << "), numbers " << worst_number << " ulp");
      CHECK(worst <= (is_float ? 0.51 : test.bound));
      CHECK(worst_number <= test.bound);
    }
  }
}

TEST_CASE("every primitive follows its definition, at extremes too") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  const double tiny = std::numeric_limits<double>::denorm_min();
  const std::vector<double> x{0.0,   1.0,    -1.0,  2.5,   -2.5,  0.625,  0.46875, 1e-310, -1e-310, tiny, 1e-8, 6.5,
                              710.0, -745.0, 800.0, -800., 1e300, -1e300, 1e22,    inf,    -inf,    0.1,  -0.3, 20.0};
  for (size_t p = static_cast<size_t>(Primitive::Neg); p <= static_cast<size_t>(Primitive::Asin); ++p) {
    const auto primitive = static_cast<Primitive>(p);
    const bool periodic = primitive == Primitive::Sin || primitive == Primitive::Cos;
    CAPTURE(ir::primitive_name(primitive));
    for (int power : primitive == Primitive::Pow ? std::vector<int>{0, 1, 2, 3, 7, -1, -2, 100} : std::vector<int>{0}) {
      CAPTURE(power);
      const Values got = apply(primitive, power, x, TP_F64);
      for (size_t i = 0; i < x.size(); ++i) {
        CAPTURE(x[i]);
        const double expected = ir::evaluate_primitive(primitive, std::span(&x[i], 1), power);
        CHECK((got.lanes[i] == got.numbers[i] || std::isnan(got.lanes[i])));
        if (periodic && std::isfinite(x[i]) && std::fabs(x[i]) > 1e6) {
          CHECK(std::fabs(got.lanes[i]) <= 1.0);  // no meaning left, but in range
        } else if (std::isnan(expected)) {
          CHECK(std::isnan(got.lanes[i]));
        } else if (std::fabs(expected) < 1e-300) {
          CHECK(std::fabs(got.lanes[i] - expected) <= 1e-307);
        } else {
          CHECK(ulp_error(got.lanes[i], expected, false) <= 3.0 + std::abs(power) / 2.0);
        }
      }
    }
  }
}

TEST_CASE("nan comes through every nonlinearity") {
  for (size_t p = static_cast<size_t>(Primitive::Neg); p <= static_cast<size_t>(Primitive::Asin); ++p) {
    const auto primitive = static_cast<Primitive>(p);
    if (primitive == Primitive::Step) continue;  // 0 by definition wherever x > 0 does not hold
    CAPTURE(ir::primitive_name(primitive));
    const Values got = apply(primitive, primitive == Primitive::Pow ? 3 : 0, {std::nan("")}, TP_F64);
    CHECK(std::isnan(got.lanes[0]));
    CHECK(std::isnan(got.numbers[0]));
  }
}

TEST_CASE("correlations are quotients kept between -1 and 1, and 0 without variance") {
  ir::limit::Module module;
  module.name = "correlation";
  module.dims.push_back({"B", std::nullopt});
  module.functions.push_back({ir::FunctionKey("apply"), {}, {}});
  ir::limit::Builder builder(module, module.functions.back());
  const auto s = builder.input("s", {ir::DimId(0)}), v = builder.input("v", {ir::DimId(0)});
  module.functions.back().results.push_back({"c", builder.map(Primitive::Correlation, {s, v})});
  const std::vector<double> covariance{0.3, -0.3, 2.0, -2.0, 1.0, 0.0, std::nan(""), 1.0};
  const std::vector<double> variances{0.25, 4.0, 1.0, 1.0, 0.0, 0.0, 1.0, std::nan("")};
  Contents before;
  before.samples = 64;
  before.weights.assign(64, 1.0 / 64);
  const auto got = run_compiled(compile(module), "apply", before, {{"s", covariance}, {"v", variances}}, 8).results[0];
  for (size_t i = 0; i < 6; ++i) {
    CAPTURE(i);
    const double arguments[] = {covariance[i], variances[i]};
    CHECK(got[i] == doctest::Approx(ir::evaluate_primitive(Primitive::Correlation, arguments, 0)).epsilon(1e-15));
  }
  CHECK(got[2] == 1.0);
  CHECK(got[4] == 0.0);
  CHECK(std::isnan(got[6]));
  CHECK(std::isnan(got[7]));
}

}  // namespace
