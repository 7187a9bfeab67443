// Softmax and log sum exp of n^e s: the width analysis and the limit at e below, at and above 0.
#include <doctest/doctest.h>

#include <algorithm>

#include "passes/limit/derive_limit.h"
#include "passes/width/abstract_value.h"

namespace {

using namespace tpc;
using ir::DimId;
using ir::Exponent;
using ir::Kind;
using ir::Rational;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;
namespace limit = ir::limit;

/// predict: the function of n^exponent s over T of three trained numbers s for every input x : [B].
template <class Op>
tp::Module program(const Rational& exponent, double deviation = 1.0) {
  tp::Module module;
  module.name = "m";
  module.dims = {{"B", std::nullopt}, {"T", 3}};
  ir::State state;
  state.name = "s";
  state.type = {Kind::scalar, {DimId(1)}};
  state.init = {deviation == 0.0 ? ir::InitKind::zero : ir::InitKind::gaussian, deviation};
  module.states.push_back(std::move(state));
  tp::Function function;
  function.key = ir::FunctionRole::predict;
  tp::Builder build(module, function);
  const ValueId logits = build.mul(build.input("x", {DimId(0)}), build.read(StateId(0)));
  const ValueId scaled = build.mul(build.insert(tp::WidthPower{exponent}), logits);
  function.results = {{"output", build.insert(Op{scaled, DimId(1)})}};
  module.functions.push_back(std::move(function));
  return module;
}

template <class Op = ir::Softmax>
std::variant<limit::Module, passes::LimitFailure> limit_of(const Rational& exponent, Exponent initial) {
  passes::WidthAnalysis analysis;
  analysis.states = {{initial, Exponent(), {}, {}}};
  return passes::derive_limit(program<Op>(exponent), analysis);
}

template <class Op>
bool holds(const limit::Function& function) {
  return std::ranges::any_of(function.body, [](const auto& i) { return std::holds_alternative<Op>(i.op); });
}

/// The exponents of the output when s changes by n^change.
struct Analysed {
  passes::width::ExponentPair exponents;
  bool power_law = true;
};
template <class Op = ir::Softmax>
Analysed analyse(const Rational& exponent, const Rational& change) {
  const tp::Module module = program<Op>(exponent);
  const tp::Function& predict = module.functions[0];
  auto states = passes::width::initial_states(module);
  states[0].value.change = passes::width::Growth::power(change);
  Analysed result;
  const auto values = passes::width::evaluate(module, predict, states, result.power_law);
  const ValueId output = predict.result("output");
  result.exponents = passes::width::exponents(module, predict.type(output).kind, values[output.index]);
  return result;
}

}  // namespace

TEST_CASE("width: softmax is of order one and its change follows the argument's") {
  Analysed at_one = analyse(0, Rational(-1, 2));
  CHECK(at_one.exponents.initial == Exponent(0));
  CHECK(at_one.exponents.change == Exponent(Rational(-1, 2)));
  CHECK(at_one.power_law);
  Analysed vanishing = analyse(-1, 0);
  CHECK(vanishing.exponents.initial == Exponent(0));
  CHECK(vanishing.exponents.change == Exponent(-1));
  CHECK(vanishing.power_law);
  Analysed growing = analyse(0, Rational(1, 2));
  CHECK(growing.exponents.change == Exponent(0));
  CHECK_FALSE(growing.power_law);
}

TEST_CASE("limit: softmax of an argument of order one is itself") {
  auto result = limit_of(0, Exponent(0));
  REQUIRE(std::holds_alternative<limit::Module>(result));
  const auto& module = std::get<limit::Module>(result);
  CHECK(limit::verify(module).empty());
  CHECK(holds<ir::Softmax>(module.functions[0]));
}

TEST_CASE("limit: softmax of what vanishes is 1/T at every index") {
  for (Exponent initial : {Exponent(0), Exponent()}) {  // vanishing by the power of the width, or zero
    auto result = limit_of(-1, initial);
    REQUIRE(std::holds_alternative<limit::Module>(result));
    const auto& module = std::get<limit::Module>(result);
    CHECK(limit::verify(module).empty());
    const limit::Function& predict = module.functions[0];
    CHECK_FALSE(holds<ir::Softmax>(predict));
    CHECK(predict.type(predict.result("output")).dims == std::vector<DimId>{DimId(0), DimId(1)});
  }
}

TEST_CASE("limit: softmax of what grows is refused by name") {
  auto result = limit_of(Rational(1, 2), Exponent(0));
  REQUIRE(std::holds_alternative<passes::LimitFailure>(result));
  CHECK(std::get<passes::LimitFailure>(result).message == "the argument of `softmax` has exponent 1/2, not 0");
}

TEST_CASE("width: log sum exp is of order one at least, and of the argument's order if that grows") {
  const Analysed at_one = analyse<ir::LogSumExp>(0, Rational(-1, 2));
  CHECK(at_one.exponents.initial == Exponent(0));
  CHECK(at_one.exponents.change == Exponent(Rational(-1, 2)));
  const Analysed vanishing = analyse<ir::LogSumExp>(-1, 0);
  CHECK(vanishing.exponents.initial == Exponent(0));
  CHECK(vanishing.exponents.change == Exponent(-1));
  const Analysed growing = analyse<ir::LogSumExp>(Rational(1, 2), Rational(1, 2));
  CHECK(growing.exponents.initial == Exponent(Rational(1, 2)));
  CHECK(growing.exponents.change == Exponent(1));
  for (const Analysed& each : {at_one, vanishing, growing}) CHECK(each.power_law);
}

TEST_CASE("limit: log sum exp of order one is itself, of what vanishes that of zeros, of what grows refused by name") {
  for (const auto& [exponent, initial] :
       {std::pair{Rational(0), Exponent(0)}, {Rational(-1), Exponent(0)}, {Rational(-1), Exponent()}}) {
    auto result = limit_of<ir::LogSumExp>(exponent, initial);
    REQUIRE(std::holds_alternative<limit::Module>(result));
    const auto& module = std::get<limit::Module>(result);
    CHECK(limit::verify(module).empty());
    const limit::Function& predict = module.functions[0];
    CHECK(predict.type(predict.result("output")).dims == std::vector<DimId>{DimId(0)});
    REQUIRE(holds<ir::LogSumExp>(predict));
    const auto& last = std::get<ir::LogSumExp>(predict.at(predict.result("output")).op);
    const auto* product = std::get_if<ir::Map>(&predict.at(last.argument).op);
    const bool of_zeros = product != nullptr && std::ranges::any_of(product->arguments, [&](ValueId factor) {
                            const auto* constant = std::get_if<ir::Constant>(&predict.at(factor).op);
                            return constant != nullptr && constant->value == 0.0;
                          });
    CHECK(of_zeros == (exponent < Rational(0)));
  }
  auto growing = limit_of<ir::LogSumExp>(Rational(1, 2), Exponent(0));
  REQUIRE(std::holds_alternative<passes::LimitFailure>(growing));
  CHECK(std::get<passes::LimitFailure>(growing).message == "the argument of `log_sum_exp` has exponent 1/2, not 0");
}
