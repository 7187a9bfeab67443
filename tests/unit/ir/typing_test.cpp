#include "ir/core/typing.h"

#include <doctest/doctest.h>

#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::ir {
namespace {

const DimId B(0), B2(1), d(2), k(3);

template <class Module>
Module empty_module() {
  Module module;
  module.dims = {{"B", {}}, {"B'", {}, DimId(0)}, {"d", 5}, {"k", 2}};
  module.functions.emplace_back().key = FunctionKey("f");
  return module;
}

State state(const char* name, Type type) {
  State result;
  result.name = name;
  result.type = std::move(type);
  return result;
}

struct TpFixture {
  tp::Module module = empty_module<tp::Module>();
  tp::Builder build{module, module.functions.front()};
  ValueId x = build.input("x", {B, d});
  ValueId weight, matrix, number, vector;
  TpFixture() {
    module.states = {state("U", {Kind::vector, {d}}), state("W", {Kind::matrix, {}})};
    weight = build.read(StateId(0));
    matrix = build.read(StateId(1));
    number = build.constant(2.0);
    vector = build.contract(weight, x, {d});
  }
  std::string why_not(const tp::Op& op) {
    Typing typing = infer_type(module, module.functions.front(), op);
    return typing.type ? "" : typing.error;
  }
  Type type(const tp::Op& op) { return build.type(build.insert(op)); }
};

TEST_CASE("lists of dimensions") {
  CHECK(union_dims({B, d}, {k, B}) == std::vector<DimId>{B, d, k});
  CHECK(without_dims({B, d, k}, {d}) == std::vector<DimId>{B, k});
  CHECK(same_dims({B, d}, {d, B}));
  CHECK_FALSE(same_dims({B, d}, {d, k}));
  CHECK(has_repeated_dim({B, d, B}));
}

TEST_CASE_FIXTURE(TpFixture, "TP IR: the type of every operation") {
  CHECK(build.type(vector) == Type{Kind::vector, {B}});
  CHECK(type(tp::WidthPower{Rational(-1, 2)}) == Type{Kind::scalar, {}});
  CHECK(type(DimSize{k}) == Type{Kind::scalar, {}});
  CHECK(type(DimIndex{k}) == Type{Kind::scalar, {k}});
  CHECK(type(Map{Primitive::Mul, {vector, weight}}) == Type{Kind::vector, {B, d}});
  CHECK(type(Map{Primitive::Mul, {x, vector}}) == Type{Kind::vector, {B, d}});
  CHECK(type(Map{Primitive::Sub, {matrix, matrix}}) == Type{Kind::matrix, {}});
  CHECK(type(Map{Primitive::Mul, {matrix, number}}) == Type{Kind::matrix, {}});
  CHECK(type(Contract{vector, x, {B}}) == Type{Kind::vector, {d}});
  CHECK(type(Contract{x, {}, {B, d}}) == Type{Kind::scalar, {}});
  CHECK(type(Relabel{x, B, B2}) == Type{Kind::scalar, {B2, d}});
  CHECK(type(OneHot{number, k}) == Type{Kind::scalar, {k}});
  CHECK(type(Softmax{x, d}) == Type{Kind::scalar, {B, d}});
  CHECK(type(LogSumExp{x, d}) == Type{Kind::scalar, {B}});
  CHECK(type(LogSumExp{x, B}) == Type{Kind::scalar, {d}});
  CHECK(type(tp::Matmul{matrix, weight, true}) == Type{Kind::vector, {d}});
  CHECK(type(tp::Moment{weight, vector, {}}) == Type{Kind::scalar, {d, B}});
  CHECK(type(tp::Moment{vector, vector, {B}}) == Type{Kind::scalar, {}});
  CHECK(type(tp::Outer{vector, vector}) == Type{Kind::matrix, {}});
  CHECK(type(tp::Outer{vector, vector, {B}}) == Type{Kind::matrix, {B}});
  CHECK(type(tp::Outer{vector, weight, {d, B}}) == Type{Kind::matrix, {d, B}});
  const ValueId losses = build.insert(Contract{x, {}, {d}});
  CHECK(type(tp::Gradient{losses, weight}) == Type{Kind::vector, {B, d}});
  CHECK(type(tp::Gradient{losses, vector}) == Type{Kind::vector, {B}});
  CHECK(type(tp::Gradient{losses, matrix}) == Type{Kind::matrix, {B}});
  CHECK(type(tp::StopGradient{weight}) == Type{Kind::vector, {d}});
  const ValueId each = build.insert(tp::Gradient{losses, matrix});
  CHECK(type(Map{Primitive::Sub, {matrix, each}}) == Type{Kind::matrix, {B}});
  CHECK(type(Map{Primitive::Mul, {x, matrix}}) == Type{Kind::matrix, {B, d}});
  CHECK(type(tp::Matmul{each, weight}) == Type{Kind::vector, {d, B}});
  CHECK(type(tp::Matmul{each, vector, true}) == Type{Kind::vector, {B}});
  const ValueId label = build.insert(Contract{x, {}, {d}});
  CHECK(type(ir::Gather{weight, label, d}) == Type{Kind::vector, {B}});
  CHECK(type(ir::Gather{x, number, d}) == Type{Kind::scalar, {B}});
  CHECK(type(ir::Gather{x, label, d}) == Type{Kind::scalar, {B}});
  CHECK(type(ir::Scatter{vector, label, d, {B}}) == Type{Kind::vector, {d}});
  CHECK(type(ir::Scatter{vector, label, k, {}}) == Type{Kind::vector, {k, B}});
  CHECK(type(ir::Scatter{number, label, k, {B}}) == Type{Kind::scalar, {k}});
  CHECK(type(ir::Present{label}) == Type{Kind::scalar, {B}});
  CHECK(type(ir::FirstOccurrence{label, {number}}) == Type{Kind::scalar, {B}});
  CHECK(type(ir::AddRows{StateId(0), vector, label, d}) == Type{});
  CHECK(type(Write{StateId(0), weight}) == Type{});
}

TEST_CASE_FIXTURE(TpFixture, "TP IR: every shape rule says why it does not hold") {
  CHECK(why_not(Input{"x", false}) != "");
  CHECK(why_not(Read{StateId(7)}) == "state: no such state here (7)");
  CHECK(why_not(DimSize{}) == "dim is missing");
  CHECK(why_not(Map{Primitive::Add, {x}}) == "add takes 2 arguments, not 1");
  CHECK(why_not(Map{Primitive::Tanh, {x}, 2}) == "only pow has a power");
  CHECK(why_not(Map{Primitive::Mul, {matrix, vector}}) == "a map of a matrix takes that kind and scalars");
  CHECK(type(Map{Primitive::Tanh, {matrix}}) == Type{Kind::matrix, {}});
  CHECK(type(Map{Primitive::Mul, {matrix, matrix}}) == Type{Kind::matrix, {}});
  CHECK(type(Map{Primitive::Add, {matrix, number}}) == Type{Kind::matrix, {}});
  CHECK(why_not(Contract{vector, weight, {}}).starts_with("at most one"));
  CHECK(why_not(Contract{matrix, x, {}}).starts_with("contract takes"));
  CHECK(why_not(Contract{vector, x, {k}}) == "no operand has the summed dimension k");
  CHECK(why_not(Contract{vector, x, {B, B}}) == "a dimension is summed twice");
  CHECK(why_not(Relabel{x, k, B2}) == "the argument has no dimension k");
  CHECK(why_not(Relabel{x, B, d}) == "the argument already has d");
  CHECK(why_not(Relabel{x, d, k}) == "d and k differ in size");
  CHECK(why_not(OneHot{vector, k}).starts_with("one_hot takes"));
  CHECK(why_not(OneHot{x, d}) == "the argument already has d");
  CHECK(why_not(Softmax{vector, B}) == "softmax takes a scalar");
  CHECK(why_not(Softmax{x, k}) == "the argument has no dimension k");
  CHECK(why_not(LogSumExp{vector, B}) == "log_sum_exp takes a scalar");
  CHECK(why_not(LogSumExp{x, k}) == "the argument has no dimension k");
  CHECK(why_not(tp::Matmul{vector, vector}) == "the first operand is vector[B], not a matrix");
  CHECK(why_not(tp::Matmul{matrix, x}) == "the argument is scalar[B, d], not vector");
  CHECK(why_not(tp::Moment{x, vector, {}}) == "both operands must be vector");
  CHECK(why_not(tp::Outer{vector, weight}) == "left is vector[B], right is vector[d]");
  CHECK(why_not(tp::Outer{vector, weight, {d}}) == "left is vector[B], right is vector[d]");
  CHECK(why_not(tp::Outer{vector, vector, {k}}) == "neither left nor right has the kept dimension k");
  CHECK(why_not(tp::Outer{vector, vector, {B, B}}) == "a dimension is kept twice");
  CHECK(why_not(tp::Gradient{vector, weight}) == "a gradient is of scalars");
  CHECK(why_not(tp::Gradient{x, ValueId(99)}) == "wrt: no such earlier value here (99)");
  CHECK(why_not(tp::Outer{x, x}) == "left and right must be vector");
  CHECK(why_not(Write{StateId(0), vector}) == "@U is vector[d], the value is vector[B]");
  CHECK(why_not(tp::Outer{vector, {}}) == "right is missing");
  CHECK(why_not(ir::Gather{matrix, number, d}) == "the table is matrix, not a scalar or a vector");
  CHECK(why_not(ir::Gather{weight, number, k}) == "the table has no dimension k");
  CHECK(why_not(ir::Gather{weight, vector, d}) == "indices are scalars, not vector[B]");
  CHECK(why_not(ir::Gather{weight, x, d}) == "the index has the dimension d itself");
  CHECK(why_not(ir::Scatter{weight, number, d, {}}) == "the value has the dimension d already");
  CHECK(why_not(ir::Scatter{vector, number, d, {k}}) == "no operand has the summed dimension k");
  CHECK(why_not(ir::Present{vector}) == "indices are scalars");
  CHECK(why_not(ir::FirstOccurrence{number, {vector}}) == "indices are scalars");
  CHECK(why_not(ir::AddRows{StateId(0), number, number, d}) == "scalar is no row along d of @U : vector[d]");
  CHECK(why_not(ir::AddRows{StateId(0), vector, number, k}) == "vector[B] is no row along k of @U : vector[d]");
  CHECK(why_not(tp::Moment{vector, ValueId(99), {}}) == "rhs: no such earlier value here (99)");
}

TEST_CASE("the builder refuses what the shape rule refuses") {
  TpFixture f;
  CHECK_THROWS_AS(f.build.contract(f.vector, f.weight, {}), InternalError);
}

TEST_CASE("Limit IR: types and refusals of its own operations") {
  auto module = empty_module<limit::Module>();
  module.states = {state("W", {Kind::matrix, {}}), state("V", {Kind::vector, {k}})};
  limit::Builder build(module, module.functions.front());
  const ValueId readout = build.read(StateId(1));
  const ValueId number = build.constant(1.0);
  const ValueId unit = build.insert(limit::Unit{});
  CHECK(build.type(unit) == Type{Kind::vector, {}});
  CHECK(build.type(build.insert(limit::Condition{StateId(0), readout, false})) == Type{Kind::vector, {k}});
  CHECK(build.type(build.insert(limit::Accumulated{StateId(0), unit, true})) == Type{Kind::vector, {}});
  CHECK(build.type(build.insert(limit::Expect{readout, unit, {}})) == Type{Kind::scalar, {k}});
  CHECK(build.type(build.insert(limit::Append{StateId(0), number, readout, readout})) == Type{});
  CHECK(build.type(build.insert(limit::NormalRule{d, true})) == Type{Kind::scalar, {d}});
  auto why_not = [&](const limit::Op& op) { return infer_type(module, module.functions.front(), op).error; };
  const ValueId nodes = build.insert(limit::NormalRule{d, false}), square = build.contract(nodes, nodes, {d});
  CHECK(build.type(build.insert(limit::Area{nodes, nodes, square, {d}})) == Type{Kind::scalar, {}});
  CHECK(why_not(limit::Area{nodes, number, square, {d}}) == "an operand lacks the summed dimension d");
  CHECK(why_not(limit::Area{nodes, nodes, nodes, {d}}) == "the product is scalar[d], that of the operands is scalar");
  CHECK(why_not(limit::Area{unit, nodes, square, {d}}) == "area takes scalars");
  CHECK(why_not(limit::NormalRule{B, false}) == "B does not have a known size of 1 to 512 nodes");
  CHECK(why_not(limit::Condition{StateId(1), unit, false}) == "@V is no Gaussian matrix");
  CHECK(why_not(limit::Condition{StateId(0), number, false}) == "the argument is scalar, not random");
  CHECK(why_not(limit::Append{StateId(0), readout, unit, unit}) == "the coefficient is random[k], not scalar");
  CHECK(why_not(limit::Append{StateId(0), number, readout, unit}) == "left is random[k], right is random");
  CHECK(why_not(limit::Expect{number, unit, {}}) == "both operands must be random");
  CHECK(why_not(Read{StateId(0)}) == "a matrix state cannot be read");

  module.states.push_back(state("K", {Kind::pair, {}}));
  const ValueId pair = build.read(StateId(2)), product = build.insert(limit::PairProduct{readout, readout});
  CHECK(build.type(product) == Type{Kind::pair, {}});
  CHECK(build.type(build.map(Primitive::Mul, {pair, product})) == Type{Kind::pair, {}});
  CHECK(build.type(build.map(Primitive::Add, {pair, number})) == Type{Kind::pair, {}});
  CHECK(build.type(build.insert(limit::PairApply{pair, readout, true})) == Type{Kind::vector, {k}});
  CHECK(why_not(limit::PairApply{unit, readout}) == "the first operand is random, not pair");
  CHECK(why_not(limit::PairProduct{readout, unit}) == "left is random[k], right is random");
  CHECK(why_not(Map{Primitive::Mul, {pair, unit}}) == "a map of a pair takes that kind and scalars");
  CHECK(why_not(Map{Primitive::Mul, {pair, nodes}}) == "a pair has no indices");
}

}  // namespace
}  // namespace tpc::ir
