// Every operation of Limit IR, in every shape it is compiled differently for, against the plain evaluator.
#include <doctest/doctest.h>

#include "tests/unit/codegen/harness.h"

namespace {

using namespace tpc;
using namespace tpc::test;
using ir::DimId;
using ir::Primitive;
using ir::ValueId;
using ir::limit::Builder;

ValueId expect(Builder& b, ValueId lhs, ValueId rhs, std::vector<DimId> over = {}) {
  return b.insert(ir::limit::Expect{lhs, rhs, std::move(over)});
}
ValueId condition(Builder& b, const Playground& p, ValueId x, bool transposed = false) {
  return b.insert(ir::limit::Condition{p.matrix, x, transposed});
}
ValueId relabel(Builder& b, ValueId x, DimId from, DimId to) { return b.insert(ir::Relabel{x, from, to}); }
void give(Builder& b, const std::string& name, ValueId value) { b.function().results.push_back({name, value}); }

/// tanh(U x) : vector[B], a large contraction.
ValueId features(Builder& b, const Playground& p) {
  const ValueId x = b.input("x", {p.batch, p.inputs});
  return b.map(Primitive::Tanh, {b.contract(b.read(p.weights), x, {p.inputs})});
}

TEST_CASE("contractions over a large dimension, in both operand orders, and over the batch") {
  Playground p;
  auto& b = p.function("f");
  const ValueId x = b.input("x", {p.batch, p.inputs});
  const ValueId u = b.read(p.weights);
  const ValueId h = b.contract(x, u, {p.inputs});
  give(b, "h", expect(b, h, h));
  b.write(p.weights, b.contract(h, x, {p.batch}));                     // vector[d]: strides of the transposed data
  b.write(p.bias, b.contract(h, {}, {p.batch}));                       // no coefficient
  b.write(p.other_bias, b.contract(b.constant(0.25), u, {p.inputs}));  // a constant one
  check_function(p.module, "f");
}

TEST_CASE("contractions with kept dimensions: slices of matrix products, or loops where the storage does not nest") {
  Playground p;
  auto& b = p.function("f");
  const ValueId x = b.input("x", {p.batch, p.inputs});
  const ValueId u = b.read(p.weights);
  const ValueId per_input = b.mul(u, x);                            // vector[d,B]
  const ValueId swapped = b.mul(b.contract(u, {}, {p.inputs}), x);  // vector[B,d]
  const ValueId y = b.input("y", {p.batch, p.classes});
  give(b, "a", expect(b, b.contract(swapped, x, {p.inputs}), {}));           // slices, coefficients change with them
  give(b, "b", expect(b, b.contract(per_input, x, {p.inputs}), {}));         // columns are not last: loops
  give(b, "c", expect(b, b.contract(swapped, x, {p.inputs, p.batch}), {}));  // two summed dimensions, one stride
  give(b, "d", expect(b, b.contract(per_input, y, {p.batch}), {}));          // [d,k]: 20 slices of one shared matrix
  give(b, "e", expect(b, b.contract(swapped, {}, {p.batch}), {}));
  check_function(p.module, "f");
}

TEST_CASE("short sums over finite dimensions stay in the sample loop") {
  Playground p;
  auto& b = p.function("f");
  const ValueId y = b.input("y", {p.batch, p.classes});
  const ValueId v = b.read(p.readout);
  const ValueId table = b.read(p.table);
  const ValueId g = b.contract(v, y, {p.classes});
  const ValueId both = b.contract(table, y, {p.pair, p.classes});      // `pair` only in one operand
  const ValueId sum = b.contract(table, {}, {p.classes});              // vector[j]
  const ValueId product = b.contract(g, b.input("s", {p.batch}), {});  // nothing summed
  give(b, "g", expect(b, g, product));
  give(b, "both", expect(b, both, sum));
  give(b, "rates", expect(b, b.contract(b.read(p.rates), table, {p.classes}), sum, {p.pair}));
  check_function(p.module, "f");
}

TEST_CASE("expectations: fused and dense, with shared, summed and missing dimensions") {
  Playground p;
  auto& b = p.function("f");
  const ValueId h = features(b, p);
  const ValueId other = relabel(b, h, p.batch, p.other_batch);
  const ValueId v = b.read(p.readout);
  give(b, "mean", expect(b, h, {}));
  give(b, "norm", expect(b, h, h));  // shared: a diagonal
  give(b, "total", expect(b, h, h, {p.batch}));
  give(b, "f", expect(b, v, h));  // [k,B] in the IR, [B,k] as a result
  give(b, "f_by_example", expect(b, h, v));
  give(b, "gram", expect(b, h, other));                              // dense [B,B']
  const ValueId deep = b.mul(h, b.input("x", {p.batch, p.inputs}));  // vector[B,d]
  const ValueId deeper = b.insert(ir::Map{Primitive::Sin, {deep}, 0});
  const ValueId cross = relabel(b, deeper, p.inputs, p.other_inputs);
  give(b, "sliced", expect(b, deeper, cross, {}));         // dense for each example
  give(b, "summed", expect(b, deeper, cross, {p.batch}));  // and summed over them
  give(b, "unit", expect(b, h, b.insert(ir::limit::Unit{})));
  check_function(p.module, "f");
}

TEST_CASE("maps broadcast random variables and numbers by dimension") {
  Playground p;
  auto& b = p.function("f");
  const ValueId h = features(b, p);
  const ValueId y = b.input("y", {p.classes, p.batch});  // stored batch first all the same
  const ValueId v = b.read(p.readout);
  const ValueId mixed = b.add(b.mul(v, h), b.sub(y, b.read(p.bias)));  // vector[k,B]
  const ValueId scaled = b.mul(b.div(mixed, b.insert(ir::DimSize{p.batch})), b.read(p.rates));
  give(b, "scaled", expect(b, scaled, mixed, {p.classes}));
  give(b, "numbers", b.map(Primitive::Sigmoid, {b.add(y, b.read(p.rates))}));
  give(b, "small", b.contract(y, b.read(p.rates), {p.classes}));
  give(b, "size", b.mul(b.insert(ir::DimSize{p.inputs}), b.constant(0.5)));
  give(b, "places", b.mul(b.insert(ir::DimIndex{p.inputs}), b.constant(0.5)));
  b.write(p.rates, b.contract(y, b.constant(2.0), {p.batch}));
  check_function(p.module, "f");
}

TEST_CASE("relabelled values are the same memory under other indices") {
  Playground p;
  auto& b = p.function("f");
  const ValueId s = b.input("s", {p.batch});
  const ValueId gap = b.sub(s, relabel(b, s, p.batch, p.other_batch));  // scalar[B,B']
  const ValueId h = features(b, p);
  const ValueId twin = relabel(b, b.map(Primitive::Neg, {h}), p.batch, p.other_batch);
  const ValueId pairs = b.mul(h, twin);  // vector[B,B']
  give(b, "gap", gap);
  give(b, "weighted", expect(b, b.contract(pairs, gap, {p.other_batch}), {}));
  give(b, "back", relabel(b, relabel(b, s, p.batch, p.other_batch), p.other_batch, p.batch));
  check_function(p.module, "f");
}

TEST_CASE("class indices; the logarithm of a softmax, of anything that is a number") {
  Playground p;
  auto& b = p.function("f");
  const ValueId h = features(b, p);
  const ValueId y = b.insert(ir::OneHot{b.input("label", {p.batch}), p.classes});
  for (const ValueId f : {expect(b, b.read(p.readout), h), expect(b, h, b.read(p.readout)), b.read(p.rates)}) {
    const std::string number = std::to_string(f.index);
    const ValueId normalizer = b.insert(ir::LogSumExp{f, p.classes});
    give(b, "normalizer" + number, normalizer);
    give(b, "loss" + number, b.contract(y, b.sub(normalizer, f), {p.classes}));
    if (f != b.read(p.rates)) give(b, "examples" + number, b.insert(ir::LogSumExp{b.mul(f, y), p.batch}));
  }
  check_function(p.module, "f");
}

TEST_CASE("softmax along any dimension, of anything that is a number") {
  Playground p;
  auto& b = p.function("f");
  const ValueId f = expect(b, b.read(p.readout), features(b, p));
  const ValueId y = b.input("y", {p.classes, p.batch});  // stored batch first all the same
  const ValueId attention = b.insert(ir::Softmax{f, p.classes});
  give(b, "classes", attention);
  give(b, "examples", b.insert(ir::Softmax{f, p.batch}));
  give(b, "data", b.insert(ir::Softmax{y, p.classes}));
  give(b, "second moment", expect(b, b.contract(b.read(p.readout), attention, {p.classes}), features(b, p)));
  check_function(p.module, "f");
}

TEST_CASE("matrices: both directions, accumulated updates, appends with reordered dimensions") {
  Playground p;
  auto& b = p.function("f");
  const ValueId h = features(b, p);
  const ValueId y = b.input("y", {p.batch, p.classes});
  const ValueId forward = b.add(condition(b, p, h), b.insert(ir::limit::Accumulated{p.matrix, h, false}));
  const ValueId backward = b.add(condition(b, p, forward, true), b.insert(ir::limit::Accumulated{p.matrix, h, true}));
  const ValueId wide = b.mul(h, y);                    // vector[B,k]
  const ValueId turned = b.mul(b.read(p.readout), h);  // vector[k,B]
  b.insert(ir::limit::Append{p.matrix, b.constant(-0.5), h, backward});
  b.insert(ir::limit::Append{p.matrix, b.contract(b.read(p.rates), {}, {p.classes}), wide, turned});
  give(b, "q", expect(b, backward, backward));
  check_function(p.module, "f");

  // A second step meets the updates of the first.
  std::mt19937_64 random(5);
  Contents contents = random_contents(p.module, 128, random);
  const Fields fields = random_fields(p.module, 4, random);
  const auto jit = compile(p.module);
  for (int step = 0; step < 2; ++step) {
    const Evaluation expected = evaluate(p.module, p.module.functions[0], contents, fields, 4);
    check_same(run_compiled(jit, "f", contents, fields, 4), expected, 1e-11);
    contents = expected.after;
  }
}

TEST_CASE("updates of matrices that are combined with each other's") {
  Playground p;
  ir::State momentum = p.module.state(p.matrix);
  momentum.name = "momentum";
  p.module.states.push_back(momentum);
  const ir::StateId second(p.module.states.size() - 1);
  auto& b = p.function("f");
  const ValueId h = features(b, p);
  const ValueId both =
      b.add(b.insert(ir::limit::Accumulated{p.matrix, h, false}), b.insert(ir::limit::Accumulated{second, h, true}));
  const ValueId z = b.map(ir::Primitive::Tanh, {b.add(both, h)});
  b.insert(ir::limit::Append{p.matrix, b.constant(-0.5), h, z});
  b.insert(ir::limit::Append{second, b.constant(1.5), h, z});
  b.insert(ir::limit::Combine{p.matrix, p.matrix, b.constant(0.75)});
  b.insert(ir::limit::Combine{p.matrix, second, b.contract(b.read(p.rates), {}, {p.classes})});
  b.insert(ir::limit::Combine{second, p.matrix, b.constant(0.25)});
  give(b, "q", expect(b, both, both));

  std::mt19937_64 random(7);
  Contents contents = random_contents(p.module, 128, random);
  const Fields fields = random_fields(p.module, 4, random);
  const auto jit = compile(p.module);
  for (int step = 0; step < 4; ++step) {
    const Evaluation expected = evaluate(p.module, p.module.functions[0], contents, fields, 4);
    check_same(run_compiled(jit, "f", contents, fields, 4), expected, 1e-11);
    contents = expected.after;
  }
}

TEST_CASE("functions of two points: two weights, states of both, sides in different orders") {
  Playground p;
  const auto add_pair = [&](const char* name) {
    ir::State state;
    state.name = name;
    state.type = {ir::Kind::pair, {}};
    p.module.states.push_back(state);
    return ir::StateId(p.module.states.size() - 1);
  };
  const ir::StateId moment = add_pair("m"), kernel = add_pair("K"), other = add_pair("L");
  auto& b = p.function("f");
  const ValueId h = features(b, p);
  const ValueId wide = b.mul(h, b.input("y", {p.batch, p.classes}));  // vector[B,k]
  const ValueId turned = b.mul(b.read(p.readout), h);                 // vector[k,B]
  const ValueId rate = b.contract(b.read(p.rates), {}, {p.classes});
  const ValueId g = b.insert(ir::limit::PairProduct{wide, turned});
  const ValueId next = b.add(b.mul(b.constant(0.9), b.read(moment)), b.mul(rate, b.mul(g, g)));
  const ValueId root = b.map(ir::Primitive::Sqrt, {b.add(b.map(ir::Primitive::Abs, {next}), b.constant(0.5))});
  b.write(moment, next);
  b.write(kernel, b.sub(b.read(kernel), b.div(g, root)));
  const ValueId signs = b.map(ir::Primitive::Sign, {b.insert(ir::limit::PairProduct{h, h})});
  b.write(other, b.sub(b.mul(b.constant(0.5), b.read(other)), signs));
  const ValueId forward = b.insert(ir::limit::PairApply{b.read(kernel), h, false});
  const ValueId backward = b.insert(ir::limit::PairApply{b.read(other), wide, true});
  give(b, "q", b.add(expect(b, forward, forward), expect(b, backward, backward)));
  check_function(p.module, "f");
}

TEST_CASE("writes that exchange states see the old values") {
  Playground p;
  auto& b = p.function("f");
  const ValueId first = b.read(p.bias), second = b.read(p.other_bias);
  b.write(p.bias, second);
  b.write(p.other_bias, first);
  const ValueId rates = b.read(p.rates);
  b.write(p.rates, b.mul(rates, rates));
  b.write(p.readout, b.mul(b.read(p.readout), rates));
  check_function(p.module, "f");
}

TEST_CASE("a function of numbers only, and one that does nothing") {
  Playground p;
  auto& b = p.function("numbers");
  give(b, "y", b.map(Primitive::Exp, {b.input("s", {p.batch})}));
  give(b, "constant", b.constant(3.5));
  p.function("nothing");
  check_function(p.module, "numbers");
  check_function(p.module, "nothing");
}

TEST_CASE("areas that pairs of vectors of numbers span, whatever dimensions the vectors share") {
  Playground p;
  auto& b = p.function("f");
  const ValueId x = b.input("x", {p.batch, p.inputs});
  const ValueId turned = b.mul(b.input("s", {p.batch}), b.map(Primitive::Sin, {x}));
  const ValueId product = b.contract(x, turned, {p.inputs});
  give(b, "of each", b.insert(ir::limit::Area{x, turned, product, {p.inputs}}));
  const ValueId node = b.insert(ir::limit::NormalRule{p.inputs, false});
  const ValueId onto = b.contract(x, node, {p.inputs});
  give(b, "with one", b.insert(ir::limit::Area{node, x, onto, {p.inputs}}));
  check_function(p.module, "f");
}

TEST_CASE("nodes and weights are numbers like others") {
  Playground p;
  auto& b = p.function("f");
  const ValueId node = b.insert(ir::limit::NormalRule{p.inputs, false});
  const ValueId weight = b.insert(ir::limit::NormalRule{p.inputs, true});
  const ValueId u = b.mul(b.input("s", {p.batch}), node);  // scalar[B,d]
  give(b, "mean", b.contract(weight, b.map(Primitive::Tanh, {b.add(u, b.constant(0.5))}), {p.inputs}));
  give(b, "nodes", node);
  check_function(p.module, "f");
}

TEST_CASE("one example is a batch too") {
  Playground p;
  auto& b = p.function("f");
  const ValueId h = features(b, p);
  give(b, "gram", expect(b, h, relabel(b, h, p.batch, p.other_batch)));
  std::mt19937_64 random(3);
  const Contents before = random_contents(p.module, 64, random);
  const Fields fields = random_fields(p.module, 1, random);
  check_same(run_compiled(compile(p.module), "f", before, fields, 1),
             evaluate(p.module, p.module.functions[0], before, fields, 1), 1e-12);
}

TEST_CASE("rows picked by index: read where the table stands, or copied for a matrix product") {
  Playground p;
  auto& b = p.function("f");
  const ValueId index = b.input("index", {p.batch}), list = b.input("index list", {p.batch, p.pair});
  const ValueId v = b.read(p.readout), h = features(b, p);
  const ValueId one = b.insert(ir::Gather{v, index, p.classes}), several = b.insert(ir::Gather{v, list, p.classes});
  give(b, "inner", expect(b, several, h));                          // [B,j]
  give(b, "sum", expect(b, b.contract(several, {}, {p.pair}), h));  // a sum of picked rows
  give(b, "weighted", expect(b, b.contract(several, b.input("s", {p.batch}), {p.pair}), one));
  give(b, "matrix", expect(b, condition(b, p, several), b.map(Primitive::Tanh, {several})));
  const ValueId made = b.map(Primitive::Tanh, {b.read(p.table)});  // a table that is computed: [j,k]
  give(b, "made", expect(b, b.insert(ir::Gather{made, index, p.classes}), h));
  const ValueId other = relabel(b, one, p.batch, p.other_batch);
  give(b, "renamed", expect(b, b.mul(other, b.input("y", {p.batch, p.classes})), h));
  const ValueId twice =
      b.insert(ir::Gather{b.insert(ir::Gather{made, index, p.classes}), b.input("index of pairs", {p.batch}), p.pair});
  give(b, "twice", expect(b, twice, h));
  check_function(p.module, "f");
}

TEST_CASE("what terms are added to has memory of its own from before its loop nest") {
  Playground p;
  auto& b = p.function("f");
  const ValueId list = b.input("index list", {p.batch, p.pair});
  const ValueId rows = b.insert(ir::Gather{b.read(p.readout), list, p.classes}), h = features(b, p);
  give(b, "inner", expect(b, rows, h));
  const ValueId last_use = b.mul(rows, h);  // in the loop nest of the sum
  const ValueId sum = b.contract(rows, b.insert(ir::limit::Expect{rows, h, {}}), {p.pair});
  b.insert(ir::limit::Append{p.matrix, b.constant(1), sum, sum});
  give(b, "last", expect(b, last_use, rows));
  check_function(p.module, "f");
}

TEST_CASE("numbers picked, added up and counted by index") {
  Playground p;
  auto& b = p.function("f");
  const ValueId index = b.input("index", {p.batch}), list = b.input("index list", {p.batch, p.pair});
  const ValueId rates = b.read(p.rates), y = b.input("y", {p.batch, p.classes});
  give(b, "picked", b.insert(ir::Gather{rates, list, p.classes}));
  give(b, "own", b.insert(ir::Gather{y, index, p.classes}));  // another column in every row
  give(b, "sum", b.contract(b.insert(ir::Gather{rates, list, p.classes}), {}, {p.pair}));
  give(b, "present", b.insert(ir::Present{list}));
  give(b, "first", b.insert(ir::FirstOccurrence{list, {index}}));
  give(b, "scattered", b.insert(ir::Scatter{b.input("s", {p.batch}), list, p.classes, {p.batch, p.pair}}));
  give(b, "kept", b.insert(ir::Scatter{b.input("s", {p.batch}), list, p.classes, {p.pair}}));
  b.insert(ir::AddRows{p.rates, b.input("s", {p.batch}), list, p.classes});
  b.insert(ir::AddRows{p.rates, b.input("s", {p.batch}), index, p.classes});
  check_function(p.module, "f");
}

TEST_CASE("rows are added to states behind everything that reads them") {
  Playground p;
  auto& b = p.function("f");
  const ValueId index = b.input("index", {p.batch}), list = b.input("index list", {p.batch, p.pair});
  const ValueId v = b.read(p.readout), h = features(b, p), s = b.input("s", {p.batch});
  const ValueId old = b.insert(ir::Gather{v, list, p.classes});
  b.insert(ir::AddRows{p.readout, b.mul(s, h), list, p.classes});                   // made where it is added
  b.insert(ir::AddRows{p.readout, b.mul(b.constant(-0.5), old), list, p.classes});  // old values, also of repeated rows
  b.insert(ir::AddRows{p.readout, old, list, p.classes});
  const ValueId both = b.mul(b.contract(old, s, {p.pair}), b.input("weights of pairs", {p.pair}));
  b.insert(ir::AddRows{p.table, both, index, p.classes});
  b.write(p.bias, b.contract(v, {}, {p.classes}));
  give(b, "sum", expect(b, b.insert(ir::Scatter{h, index, p.classes, {p.batch}}), v));
  check_function(p.module, "f");
}

}  // namespace
