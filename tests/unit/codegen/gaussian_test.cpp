// Expectations turned into formulas: every rule against numeric integration, and golden kernels.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "ir/limit/random.h"
#include "passes/gaussian/eliminate_random.h"
#include "passes/kernel/derive_kernel.h"
#include "tests/unit/codegen/reference.h"
#include "tests/unit/passes/golden_kernels.h"

namespace {

using namespace tpc;
using namespace tpc::testing;
using test::Fields;
namespace limit = ir::limit;

constexpr double pi = std::numbers::pi;
using Real = std::function<double(double)>;
using Emit = std::function<ValueId(limit::Builder&, ValueId)>;

/// Gauss-Legendre nodes and weights on [-1, 1].
std::vector<std::pair<double, double>> legendre(int count) {
  std::vector<std::pair<double, double>> rule;
  for (int i = 0; i < count; ++i) {
    double x = std::cos(pi * (i + 0.75) / (count + 0.5)), slope = 1.0;
    for (int iteration = 0; iteration < 50; ++iteration) {
      double previous = 1.0, value = x;
      for (int k = 2; k <= count; ++k) {
        previous = std::exchange(value, ((2 * k - 1) * x * value - (k - 1) * previous) / k);
      }
      slope = count * (x * value - previous) / (x * x - 1);
      x -= value / slope;
    }
    rule.emplace_back(x, 2 / ((1 - x * x) * slope * slope));
  }
  return rule;
}

/// E[g(u) h(v)] in polar coordinates, split where u or v changes sign. `angle`: its cosine is the correlation.
double integrate(const Real& g, const Real& h, double p, double q, double angle) {
  static const auto rule = legendre(40);
  std::vector<double> cuts;
  for (double cut : {pi / 2, 3 * pi / 2, angle + pi / 2, angle - pi / 2}) {
    cuts.push_back(std::fmod(cut + 2 * pi, 2 * pi));
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.push_back(cuts.front() + 2 * pi);
  constexpr double farthest = 14.0;
  constexpr int panels = 14;
  double sum = 0.0;
  for (size_t k = 0; k + 1 < cuts.size(); ++k) {
    const double half = (cuts[k + 1] - cuts[k]) / 2, middle = (cuts[k + 1] + cuts[k]) / 2;
    for (const auto& [t, t_weight] : rule) {
      const double u = std::sqrt(p) * std::cos(middle + half * t),
                   v = std::sqrt(q) * std::cos(middle + half * t - angle);
      for (int panel = 0; panel < panels; ++panel) {
        for (const auto& [r, r_weight] : rule) {
          const double width = farthest / panels / 2, radius = (2 * panel + 1 + r) * width;
          sum += half * t_weight * width * r_weight * radius * std::exp(-radius * radius / 2) / (2 * pi) *
                 g(radius * u) * h(radius * v);
        }
      }
    }
  }
  return sum;
}

struct Function {
  std::string name;
  Real value;
  Emit emit;
};

ValueId times(limit::Builder& b, double a, ValueId x) { return b.mul(b.constant(a), x); }

std::vector<Function> functions() {
  auto unary = [](Primitive primitive, double a) -> Emit {
    return [=](limit::Builder& b, ValueId x) { return b.map(primitive, {times(b, a, x)}); };
  };
  auto gelu = [](limit::Builder& b, ValueId x) {
    return b.mul(x, times(b, 0.5, b.add(b.constant(1), b.map(Primitive::Erf, {b.div(x, b.constant(std::sqrt(2.0)))}))));
  };
  auto gelu_slope = [](limit::Builder& b, ValueId x) {
    const ValueId t = b.div(x, b.constant(std::sqrt(2.0)));
    const ValueId normal = b.map(Primitive::Exp, {b.neg(b.map(Primitive::Pow, {t}, 2))});
    return b.add(times(b, 0.5, b.add(b.constant(1), b.map(Primitive::Erf, {t}))),
                 b.mul(x, times(b, 1 / std::sqrt(2 * pi), normal)));
  };
  return {
      {"u", [](double u) { return u; }, [](limit::Builder& b, ValueId x) { return times(b, 1, x); }},
      {"u^2", [](double u) { return u * u; },
       [](limit::Builder& b, ValueId x) { return b.map(Primitive::Pow, {x}, 2); }},
      {"u^3", [](double u) { return u * u * u; },
       [](limit::Builder& b, ValueId x) { return b.map(Primitive::Pow, {x}, 3); }},
      {"relu", [](double u) { return u > 0 ? u : 0; }, unary(Primitive::Relu, 1)},
      {"relu -0.7", [](double u) { return u < 0 ? -0.7 * u : 0; }, unary(Primitive::Relu, -0.7)},
      {"step", [](double u) { return u > 0 ? 1.0 : 0.0; }, unary(Primitive::Step, 1)},
      {"abs", [](double u) { return std::fabs(u); }, unary(Primitive::Abs, 1)},
      {"sign", [](double u) { return u > 0   ? 1.0
                                     : u < 0 ? -1.0
                                             : 0.0; }, unary(Primitive::Sign, 1)},
      {"leaky", [](double u) { return u > 0 ? u : 0.1 * u; },
       [](limit::Builder& b, ValueId x) {
         return b.sub(b.map(Primitive::Relu, {x}), times(b, 0.1, b.map(Primitive::Relu, {b.neg(x)})));
       }},
      {"erf", [](double u) { return std::erf(0.8 * u); }, unary(Primitive::Erf, 0.8)},
      {"exp", [](double u) { return std::exp(0.6 * u); }, unary(Primitive::Exp, 0.6)},
      {"sin", [](double u) { return std::sin(1.3 * u); }, unary(Primitive::Sin, 1.3)},
      {"cos", [](double u) { return std::cos(0.9 * u); }, unary(Primitive::Cos, 0.9)},
      {"gelu", [](double u) { return 0.5 * u * (1 + std::erf(u / std::sqrt(2.0))); }, gelu},
      {"gelu'",
       [](double u) { return 0.5 * (1 + std::erf(u / std::sqrt(2.0))) + u * std::exp(-u * u / 2) / std::sqrt(2 * pi); },
       gelu_slope},
      {"tanh", [](double u) { return std::tanh(u); }, unary(Primitive::Tanh, 1)},
      // A root that is nowhere steep: its argument shows that it is positive.
      {"sqrt(u^2 + 4)", [](double u) { return std::sqrt(u * u + 4); },
       [](limit::Builder& b, ValueId x) {
         return b.map(Primitive::Sqrt, {b.add(b.map(Primitive::Pow, {x}, 2), b.constant(4))});
       }},
  };
}

/// E[g(U x) h(U x')] with U : random[d], in a function of two batches.
limit::Module pair_module(const Function& g, const Function& h) {
  limit::Module module;
  module.name = "pair";
  module.dims = {{"d", 2}, {"B", std::nullopt}, {"B'", std::nullopt, DimId(1)}};
  ir::State& state = module.states.emplace_back();
  state.name = "U";
  state.type = {Kind::vector, {DimId(0)}};
  state.init = {InitKind::gaussian, 1.0};
  module.functions.push_back({ir::FunctionKey("pair"), {}, {}});
  limit::Builder b(module, module.functions.back());
  const ValueId u = b.contract(b.read(StateId(0)), b.input("x", {DimId(1), DimId(0)}), {DimId(0)});
  const ValueId v = b.contract(b.read(StateId(0)), b.input(ir::Input{"x", true}, {DimId(2), DimId(0)}), {DimId(0)});
  const ValueId value = b.insert(limit::Expect{g.emit(b, u), h.emit(b, v), {}});
  module.functions.back().results.push_back({"value", value});
  return module;
}

bool has_dim(const limit::Module& module, const std::string& name) {
  return std::any_of(module.dims.begin(), module.dims.end(), [&](const auto& dim) { return dim.name == name; });
}

/// Singular pairs too: multiples of one vector, and almost, and zero, where every function has its own value.
const std::vector<double> points = {1.0, 0.3, -0.4, 0.8, 0.5, 0.15, -1.0, -0.3, 1.0, 0.3 + 1e-9, 0.0, 0.0};
constexpr size_t count = 6;

void check_pair(const Function& g, const Function& h) {
  limit::Module module = pair_module(g, h);
  const auto why = passes::eliminate_random(module, ir::FunctionKey("pair"), 64);
  auto is = [](const Function& f, std::initializer_list<std::string> names) {
    return std::find(names.begin(), names.end(), f.name) != names.end();
  };
  auto smooth = [&](const Function& f) { return !is(f, {"relu", "relu -0.7", "step", "abs", "sign", "leaky"}); };
  // sin and cos against erf or sign would need the error function of imaginary arguments.
  auto beyond = [&](const Function& f, const Function& other) {
    return is(f, {"tanh", "sqrt(u^2 + 4)"}) ||
           (is(f, {"sin", "cos"}) && !is(other, {"u", "u^2", "u^3", "sin", "cos", "exp"}));
  };
  const bool outside = beyond(g, h) || beyond(h, g);
  // Sums over nodes converge slowly where a function bends or jumps: refused.
  if (why) {
    CHECK((outside && !(smooth(g) && smooth(h))));
    CHECK(why->find("bends or jumps") != std::string::npos);
    return;
  }
  REQUIRE_MESSAGE(!why, *why);
  const limit::Function& function = *module.find(ir::FunctionKey("pair"));
  CHECK(limit::verify(module).empty());
  CHECK_FALSE(limit::has_random_variables(function));
  const bool quadrature = has_dim(module, "Q");
  if (quadrature) CHECK(outside);
  const auto got = test::evaluate(module, function, {}, {{"x", points}, {"x'", points}}, count).results[0];
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < count; ++j) {
      CAPTURE(i);
      CAPTURE(j);
      auto dot = [&](size_t a, size_t b) {
        return points[2 * a] * points[2 * b] + points[2 * a + 1] * points[2 * b + 1];
      };
      const double cross = points[2 * i] * points[2 * j + 1] - points[2 * i + 1] * points[2 * j];
      const double exact = integrate(g.value, h.value, dot(i, i), dot(j, j), std::atan2(std::fabs(cross), dot(i, j)));
      const double tolerance = quadrature ? 1e-6 : 1e-10;
      CHECK(std::fabs(got[i * count + j] - exact) <= tolerance + 1e-8 * std::fabs(exact) * (std::fabs(exact) > 1));
    }
  }
}

}  // namespace

TEST_CASE("expectations of products of two functions agree with numeric integration") {
  const auto all = functions();
  for (const Function& g : all) {
    for (const Function& h : all) {
      CAPTURE(g.name);
      CAPTURE(h.name);
      check_pair(g, h);
    }
  }
}

namespace {

/// No formula for E[g(u) v]: the reason names the primitive, the function stays.
void check_refused(const Emit& g, const std::string& primitive) {
  limit::Module module = pair_module({"g", {}, g}, functions().front());
  const auto why = passes::eliminate_random(module, ir::FunctionKey("pair"), 64);
  REQUIRE(why);
  CHECK(why->find("`" + primitive + "`") != std::string::npos);
  CHECK(limit::has_random_variables(*module.find(ir::FunctionKey("pair"))));
  CHECK_FALSE(has_dim(module, "Q"));
}

}  // namespace

TEST_CASE("a bend away from zero has no formula: the reason names it, the function stays") {
  check_refused([](limit::Builder& b, ValueId x) { return b.map(Primitive::Relu, {b.sub(x, b.constant(1))}); }, "relu");
  // sqrt(u^2) u is u |u|; without the factor u the expectation would be zero by symmetry.
  check_refused(
      [](limit::Builder& b, ValueId x) { return b.mul(x, b.map(Primitive::Sqrt, {b.map(Primitive::Pow, {x}, 2)})); },
      "sqrt");
}

namespace {

void check_golden(const GoldenKernel& golden) {
  const auto& [program, kernel, nngp] = golden;
  const passes::WidthAnalysis analysis = passes::analyze_width(program);
  auto derived = passes::derive_kernel(program, analysis, ir::SgdSettings::constant(0.1));
  REQUIRE(std::holds_alternative<limit::Module>(derived));
  auto& module = std::get<limit::Module>(derived);
  const auto why = passes::eliminate_random(module, ir::FunctionRole::kernel, 48);
  REQUIRE_MESSAGE(!why, *why);
  CHECK_FALSE(has_dim(module, "Q"));
  const limit::Function& function = *module.find(ir::FunctionRole::kernel);
  const auto got = test::evaluate(module, function, {}, {{"x", golden_points}, {"x'", golden_points}}, 5).results;
  for (size_t r = 0; r < got.size(); ++r) {
    const auto& expected = function.results[r].name == "kernel" ? kernel : nngp;
    for (size_t i = 0; i < expected.size(); ++i) {
      CAPTURE(i);
      CHECK(std::fabs(got[r][i] - expected[i]) < 1e-8);
    }
  }
}

}  // namespace

TEST_CASE("golden kernels in closed form: neural tangent parametrization, relu") { check_golden(golden_relu_kernel()); }

TEST_CASE(
    "golden kernels in closed form: standard parametrization with c = 1, erf; the first weight is not in the kernel") {
  check_golden(golden_erf_kernel());
}
