// The limit derivation on hand-written programs with given exponents of the states: which terms stay, which vanish.
#include "passes/limit/derive_limit.h"

#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>

namespace {

using namespace tpc;
using ir::DimId;
using ir::Exponent;
using ir::Init;
using ir::InitKind;
using ir::Kind;
using ir::Primitive;
using ir::Rational;
using ir::Role;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;
namespace limit = ir::limit;

constexpr size_t batch = 0, inputs = 1, outputs = 2;
constexpr size_t weight_u = 0, weight_w = 1, weight_v = 2;

ir::State weight(std::string name, Kind kind, std::vector<DimId> dims, Role role, Rational a, Rational b) {
  ir::State state;
  state.name = std::move(name);
  state.type = {kind, std::move(dims)};
  state.init = Init{InitKind::gaussian, 1.0};
  state.role = role;
  state.a = a;
  state.b = b;
  return state;
}

/// f = V phi(W phi(U x)) in the maximal update parametrization, with a step that trains W by one outer product.
tp::Module two_layers(Primitive nonlinearity) {
  tp::Module module;
  module.name = "mlp";
  module.dims = {{"B", std::nullopt}, {"d", 2}, {"k", 1}};
  module.states = {weight("U", Kind::vector, {DimId(inputs)}, Role::input, {-1, 2}, {1, 2}),
                   weight("W", Kind::matrix, {}, Role::hidden, 0, {1, 2}),
                   weight("V", Kind::vector, {DimId(outputs)}, Role::output, {1, 2}, {1, 2})};
  for (const ir::FunctionRole role : {ir::FunctionRole::predict, ir::FunctionRole::step}) {
    tp::Function function;
    function.key = role;
    tp::Builder builder(module, function);
    ValueId x = builder.input("x", {DimId(batch), DimId(inputs)});
    ValueId h = builder.contract(builder.read(StateId(weight_u)), x, {DimId(inputs)});
    h = builder.mul(builder.insert(tp::WidthPower{{1, 2}}), h);
    builder.name_next("z1");
    ValueId z1 = builder.map(nonlinearity, {h});
    ValueId matrix = builder.read(StateId(weight_w));
    ValueId g = builder.insert(tp::Matmul{matrix, z1, false});
    builder.name_next("z2");
    ValueId z2 = builder.map(nonlinearity, {g});
    ValueId f = builder.insert(tp::Moment{builder.read(StateId(weight_v)), z2, {}});
    f = builder.mul(builder.insert(tp::WidthPower{{-1, 2}}), f);
    if (role == ir::FunctionRole::predict) {
      function.results.push_back({"output", f});
    } else {
      ValueId chi = builder.contract(f, {}, {DimId(outputs)});
      ValueId dz2 = builder.contract(builder.read(StateId(weight_v)), {}, {DimId(outputs)});
      dz2 = builder.mul(builder.insert(tp::WidthPower{{-1, 2}}), builder.mul(chi, dz2));
      ValueId gradient = builder.insert(tp::Outer{dz2, z1});
      builder.write(StateId(weight_w), builder.sub(matrix, builder.mul(builder.constant(0.5), gradient)));
      function.results.push_back({"loss", builder.contract(chi, {}, {DimId(batch)})});
    }
    module.functions.push_back(std::move(function));
  }
  return module;
}

passes::WidthAnalysis analysis_with_update_of_w(Rational exponent) {
  passes::WidthAnalysis analysis;
  analysis.states.resize(3, {Exponent(Rational(-1, 2)), Exponent(Rational(-1, 2)), {}, {}});
  analysis.states[weight_w].update = exponent;
  return analysis;
}

limit::Module derived(const tp::Module& module, const passes::WidthAnalysis& analysis) {
  auto result = passes::derive_limit(module, analysis);
  if (const auto* failure = std::get_if<passes::LimitFailure>(&result)) FAIL(failure->message);
  return std::get<limit::Module>(result);
}

template <class Op>
size_t count(const limit::Function& function) {
  return static_cast<size_t>(std::count_if(function.body.begin(), function.body.end(),
                                           [](const auto& i) { return std::holds_alternative<Op>(i.op); }));
}

}  // namespace

// ZMatMul, ZMoment, ZUpdate, ZNonlin.
TEST_CASE("a program at maximal update keeps hat, dot and accumulated updates") {
  tp::Module module = two_layers(Primitive::Tanh);
  REQUIRE(tp::verify(module).empty());
  limit::Module result = derived(module, analysis_with_update_of_w(-1));
  CHECK(limit::verify(result).empty());
  CHECK(result.vanishing.empty());
  const limit::Function& step = *result.find(ir::FunctionRole::step);
  CHECK(count<limit::Condition>(step) == 1);
  CHECK(count<limit::Accumulated>(step) == 1);
  CHECK(count<limit::Append>(step) == 1);
  CHECK(count<limit::Expect>(step) == 1);
  CHECK(result.states[weight_w].scale == Exponent(Rational(-1, 2)));
}

// ZLead.
TEST_CASE("an update with a smaller exponent vanishes and is named with its exponent") {
  limit::Module result = derived(two_layers(Primitive::Tanh), analysis_with_update_of_w({-5, 4}));
  CHECK(limit::verify(result).empty());
  const limit::Function& step = *result.find(ir::FunctionRole::step);
  CHECK(count<limit::Condition>(step) == 1);
  CHECK(count<limit::Accumulated>(step) == 0);
  CHECK(count<limit::Append>(step) == 0);
  REQUIRE(result.vanishing.size() == 1);
  CHECK(result.vanishing[0].what == "update of W");
  CHECK(result.vanishing[0].exponent == Exponent(Rational(-1, 4)));
}

// ZInit, ZLead.
TEST_CASE("an initial value that its updates outgrow vanishes") {
  passes::WidthAnalysis analysis = analysis_with_update_of_w(-1);
  analysis.states[weight_v].initial = Exponent(-1);
  limit::Module result = derived(two_layers(Primitive::Tanh), analysis);
  CHECK(result.states[weight_v].init.kind == InitKind::zero);
  REQUIRE(result.vanishing.size() == 1);
  CHECK(result.vanishing[0].what == "initial value of V");
  CHECK(result.vanishing[0].exponent == Exponent(Rational(-1, 2)));
}

// ZNearZero.
TEST_CASE("a function of what vanishes is its first term at 0") {
  const auto forward = [](Primitive nonlinearity, bool hidden_vanishes) {
    tp::Module module = two_layers(nonlinearity);
    passes::WidthAnalysis analysis = analysis_with_update_of_w(-1);
    if (hidden_vanishes) {  // the readout makes up for it: the output stays of order one
      analysis.states[weight_u].initial = analysis.states[weight_u].update = Exponent(-1);
      analysis.states[weight_v].initial = analysis.states[weight_v].update = Exponent(0);
    }
    return *derived(module, analysis).find(ir::FunctionRole::predict);
  };
  const auto curves = [](const limit::Function& function) {
    return std::count_if(function.body.begin(), function.body.end(), [](const auto& instruction) {
      const auto* map = std::get_if<ir::Map>(&instruction.op);
      return map != nullptr && map->primitive == Primitive::Tanh;
    });
  };
  CHECK(curves(forward(Primitive::Tanh, false)) == 2);
  CHECK(curves(forward(Primitive::Tanh, true)) == 0);  // tanh(n^(-1/2) Z) = n^(-1/2) Z
}

TEST_CASE("an output that grows has no limit, and the failure says so") {
  passes::WidthAnalysis analysis = analysis_with_update_of_w(-1);
  analysis.states[weight_v].initial = Exponent(0);
  auto result = passes::derive_limit(two_layers(Primitive::Relu), analysis);
  REQUIRE(std::holds_alternative<passes::LimitFailure>(result));
  CHECK(std::get<passes::LimitFailure>(result).message.find("may grow like n^(1/2)") != std::string::npos);
}

TEST_CASE("affine programs are recognised and made linear") {
  CHECK_FALSE(passes::is_affine(derived(two_layers(Primitive::Tanh), analysis_with_update_of_w(-1))));
  limit::Module module = derived(two_layers(Primitive::Neg), analysis_with_update_of_w(-1));
  CHECK(passes::is_affine(module));

  limit::Module affine;
  affine.name = "affine";
  affine.states = {weight("b", Kind::vector, {}, Role::vector, 0, 0)};
  limit::Function function;
  function.key = ir::FunctionRole::predict;
  limit::Builder builder(affine, function);
  ValueId shifted = builder.add(builder.read(StateId(0)), builder.constant(2.0));
  function.results.push_back({"output", builder.insert(limit::Expect{shifted, {}, {}})});
  affine.functions.push_back(function);
  REQUIRE(passes::is_affine(affine));
  passes::homogenize(affine);
  CHECK(limit::verify(affine).empty());
  const limit::Function& rewritten = affine.functions[0];
  CHECK(count<limit::Unit>(rewritten) == 1);
  for (const auto& instruction : rewritten.body) {
    if (const auto* expect = std::get_if<limit::Expect>(&instruction.op)) CHECK(expect->rhs.valid());
  }
}
