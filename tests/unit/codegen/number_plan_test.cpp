// Arithmetic on numbers: loop nests, sums evaluated without arrays, matrix products (codegen/number_plan.h).
#include "codegen/number_plan.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "ir/core/typing.h"
#include "tests/unit/codegen/harness.h"

namespace {

using namespace tpc;
using namespace tpc::test;
using ir::DimId;
using ir::Primitive;
using ir::ValueId;
using Dims = std::vector<DimId>;

/// The playground and two quadrature dimensions.
struct Quadrature : Playground {
  Quadrature() {
    module.dims.push_back({"Q", 9});
    module.dims.push_back({"Q'", 6});
    first = DimId(module.dims.size() - 2);
    second = DimId(module.dims.size() - 1);
  }
  DimId first, second;
};

codegen::NumberPlan plan_of(const Playground& p) {
  const auto& function = p.module.functions.front();
  return codegen::plan_numbers(p.module, function, codegen::schedule(p.module, function));
}
void give(ir::limit::Builder& b, const std::string& name, ValueId value) {
  b.function().results.push_back({name, value});
}

/// Compiled and evaluated agree for batches without, with exactly one and with some vectors and a rest; gives the
/// largest array of numbers asked for with the last of them.
size_t check_batches(const ir::limit::Module& module, uint64_t seed) {
  CAPTURE(seed);
  for (const std::string& problem : ir::limit::verify(module)) FAIL(problem);
  const auto jit = compile(module);
  size_t largest = 0;
  for (const int64_t batch : {1, 5, 8, 19}) {
    CAPTURE(batch);
    std::mt19937_64 random(seed);
    const Contents before = random_contents(module, 64, random);
    const Fields fields = random_fields(module, batch, random);
    const Evaluation compiled = run_compiled(jit, "f", before, fields, batch);
    check_same(compiled, evaluate(module, module.functions.front(), before, fields, batch), 1e-11);
    largest = compiled.largest_numbers;
  }
  return largest;
}

TEST_CASE("values of the same dimensions share a loop nest and only those needed elsewhere are stored") {
  Playground p;
  auto& b = p.function("f");
  const ValueId x = b.input("s", {p.batch});
  const ValueId twin = b.insert(ir::Relabel{x, p.batch, p.other_batch});
  const ValueId norm = b.mul(x, x);
  const ValueId pair = b.mul(x, twin);
  const ValueId correlation = b.div(pair, b.add(norm, b.constant(2.0)));
  const ValueId wave = b.map(Primitive::Sin, {correlation});
  give(b, "wave", b.add(wave, correlation));
  const auto plan = plan_of(p);
  REQUIRE(plan.phases.size() == 1);
  REQUIRE(plan.phases[0].size() == 2);  // [B], [B,B']
  CHECK(plan.phases[0][0].group.dims == Dims{p.batch});
  CHECK(plan.phases[0][1].group.members.size() == 4);
  CHECK(plan.phases[0][1].group.lane == p.other_batch);
  CHECK(plan.stored.contains(b.function().results[0].value));
  CHECK_FALSE(plan.stored.contains(wave));
  CHECK_FALSE(plan.stored.contains(correlation));
  check_batches(p.module, 1);
}

/// sum over q, q' of w_q w_q' phi(u_q) phi(c u_q + s u'_q'), the same with phi', for all pairs of examples.
void add_pair_expectations(Quadrature& p, ir::limit::Builder& b) {
  const ValueId x = b.input("s", {p.batch});
  const ValueId twin = b.insert(ir::Relabel{x, p.batch, p.other_batch});
  const ValueId c = b.map(Primitive::Tanh, {b.mul(x, twin)});  // [B,B']
  const ValueId s = b.map(Primitive::Sqrt, {b.sub(b.constant(1.0), b.map(Primitive::Pow, {c}, 2))});
  auto rule = [&](DimId dim, bool weights) { return b.insert(ir::limit::NormalRule{dim, weights}); };
  const ValueId u = b.mul(x, rule(p.first, false));  // [B,Q]
  const ValueId v = b.add(b.mul(c, rule(p.first, false)), b.mul(s, rule(p.second, false)));
  const ValueId weight = b.mul(rule(p.first, true), rule(p.second, true));
  for (const Primitive phi : {Primitive::Tanh, Primitive::Erf}) {
    const ValueId both = b.mul(b.map(phi, {u}), b.map(phi, {v}));
    give(b, std::string(ir::primitive_name(phi)), b.contract(weight, both, {p.first, p.second}));
  }
}

TEST_CASE("expectations by quadrature over pairs need no array over pairs and nodes") {
  Quadrature p;
  auto& b = p.function("f");
  add_pair_expectations(p, b);
  const auto plan = plan_of(p);
  size_t sums = 0;
  for (const auto& step : plan.phases[0]) {
    for (const auto& member : step.group.members) sums = std::max(sums, member.over.empty() ? 0 : member.values.size());
  }
  CHECK(sums == 2);  // in one loop: the argument of both functions is made once
  for (ValueId id : plan.stored) CHECK(b.type(id).dims.size() <= 2);
  CHECK(check_batches(p.module, 2) == 19 * 19);
}

TEST_CASE("nested sums: what the inner one shares with the outer is made outside of it") {
  Quadrature p;
  auto& b = p.function("f");
  const ValueId x = b.input("s", {p.batch});
  const ValueId twin = b.insert(ir::Relabel{x, p.batch, p.other_batch});
  const ValueId node = b.insert(ir::limit::NormalRule{p.first, false});
  const ValueId other = b.insert(ir::limit::NormalRule{p.second, false});
  const ValueId along = b.mul(b.mul(x, twin), node);  // [B,B',Q]
  const ValueId shifted = b.add(other, b.constant(0.3));
  const ValueId across = b.map(Primitive::Cos, {b.add(along, shifted)});   // [B,B',Q,Q']
  const ValueId inner = b.contract(across, other, {p.second});             // [B,B',Q]
  const ValueId outer = b.contract(b.mul(inner, along), node, {p.first});  // [B,B']
  give(b, "outer", outer);
  give(b, "again", b.contract(b.contract(across, along, {p.first}), {}, {p.second}));  // the other way round
  give(b, "all", b.contract(across, {}, {p.batch, p.other_batch, p.first, p.second}));
  check_batches(p.module, 3);
}

TEST_CASE("matrix products in every storage order go to the runtime") {
  Playground p;
  auto& b = p.function("f");
  const ValueId x = b.input("x", {p.batch, p.inputs});
  const ValueId twin = b.insert(ir::Relabel{x, p.batch, p.other_batch});
  const ValueId y = b.input("y", {p.batch, p.classes});
  const ValueId turned = b.contract(b.read(p.rates), b.mul(y, x), {p.classes});  // [B,d], in a loop
  const ValueId weights = b.mul(b.contract(turned, y, {p.batch}), b.constant(0.5));
  const ValueId columns = b.mul(b.contract(x, {}, {p.batch}), x);  // [d,B]
  give(b, "gram", b.contract(x, twin, {p.inputs}));
  give(b, "dk", weights);
  give(b, "Bk", b.contract(x, weights, {p.inputs}));
  give(b, "kB", b.contract(weights, columns, {p.inputs}));
  give(b, "B'B", b.contract(twin, columns, {p.inputs}));
  give(b, "Bd", b.contract(y, weights, {p.classes}));  // short: no product
  give(b, "vector", b.contract(x, b.contract(x, {}, {p.batch}), {p.inputs}));
  const auto& function = p.module.functions.front();
  int products = 0;
  for (const auto& instruction : function.body) {
    const auto* op = std::get_if<ir::Contract>(&instruction.op);
    products += op && codegen::matrix_product(p.module, function, *op) ? 1 : 0;
  }
  CHECK(products == 5);
  check_batches(p.module, 4);
}

/// Random programs of numbers with many sums.
class Generator {
 public:
  Generator(Quadrature& playground, uint64_t seed) : p_(playground), random_(seed), b_(playground.function("f")) {}

  void run() {
    values_ = {b_.input("s", {p_.batch}), b_.input("y", {p_.batch, p_.classes}), b_.input("x", {p_.batch, p_.inputs}),
               b_.read(p_.rates)};
    for (DimId dim : {p_.first, p_.second}) {
      for (bool weights : {false, true}) values_.push_back(b_.insert(ir::limit::NormalRule{dim, weights}));
    }
    while (values_.size() < 34) add_one();
    for (size_t i = 0; i < values_.size(); ++i) {
      if (below(5) != 0 && i + 3 <= values_.size()) continue;
      // Values are of order one; 1 is added so that x - x is not compared with its rounding error.
      give(b_, "r" + std::to_string(i), b_.add(values_[i], b_.constant(1.0)));
    }
  }

 private:
  size_t below(size_t count) { return random_() % count; }
  ValueId any() { return values_[values_.size() - 1 - below(std::min<size_t>(values_.size(), below(2) ? 5 : 34))]; }
  bool keep(ir::limit::Op op) {
    const auto typing = infer_type(p_.module, b_.function(), op);
    int64_t size = 1;
    for (DimId dim : typing.type ? typing.type->dims : Dims{}) size *= p_.module.dim(dim).size.value_or(19);
    if (!typing.type || size > 30000) return false;
    values_.push_back(b_.insert(std::move(op)));
    return true;
  }
  void add_one() {
    constexpr Primitive binary[] = {Primitive::Add, Primitive::Sub, Primitive::Mul};
    constexpr Primitive unary[] = {Primitive::Tanh, Primitive::Sin, Primitive::Relu, Primitive::Sigmoid};
    const ValueId lhs = any();
    const ValueId rhs = below(5) ? any() : ValueId{};
    switch (below(8)) {
      case 0:
      case 1: keep(ir::Map{unary[below(std::size(unary))], {lhs}, 0}); return;
      case 2:
      case 3:
      case 4:
        if (rhs.valid()) keep(ir::Map{binary[below(std::size(binary))], {lhs, rhs}, 0});
        return;
      case 5: keep(ir::Relabel{lhs, p_.batch, p_.other_batch}); return;
      default: break;
    }
    Dims over;
    for (DimId dim : rhs.valid() ? ir::union_dims(b_.type(lhs).dims, b_.type(rhs).dims) : b_.type(lhs).dims) {
      if (below(2)) over.push_back(dim);
    }
    if (!keep(ir::Contract{lhs, rhs, over}) || over.empty()) return;
    const ValueId scaled = b_.mul(values_.back(), b_.constant(0.1));
    values_.back() = b_.map(Primitive::Tanh, {scaled});
  }

  Quadrature& p_;
  std::mt19937_64 random_;
  ir::limit::Builder& b_;
  std::vector<ValueId> values_;
};

TEST_CASE("random programs of numbers compute what the plain evaluator computes") {
  constexpr uint64_t first_seed = 2000;
  size_t inlined = 0;
  for (uint64_t seed = first_seed; seed < first_seed + 40; ++seed) {
    Quadrature p;
    Generator(p, seed).run();
    inlined += plan_of(p).inlined.size();
    check_batches(p.module, seed);
  }
  CHECK(inlined > 40);  // or the programs test nothing of sums
}

}  // namespace
