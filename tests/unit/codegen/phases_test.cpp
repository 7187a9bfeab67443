// How instructions are divided into phases (codegen/schedule/phases.h).
#include "codegen/schedule/phases.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "ir/core/fields.h"
#include "tests/unit/codegen/harness.h"

namespace {

using namespace tpc;
using namespace tpc::test;
using ir::Primitive;
using ir::ValueId;
using namespace codegen;

ValueId expect(ir::limit::Builder& b, ValueId lhs, ValueId rhs) { return b.insert(ir::limit::Expect{lhs, rhs, {}}); }

/// The phase whose kernel has the value, or -1.
int kernel_of(const Schedule& schedule, ValueId id) {
  for (size_t i = 0; i < schedule.phases.size(); ++i) {
    if (std::ranges::find(schedule.phases[i].kernel, id) != schedule.phases[i].kernel.end()) return static_cast<int>(i);
  }
  return -1;
}

TEST_CASE("an expectation ends a phase, sample-local work does not") {
  Playground p;
  auto& b = p.function("f");
  const ValueId v = b.read(p.bias);
  const ValueId t = b.map(Primitive::Tanh, {v});
  const ValueId square = b.mul(t, t);
  const ValueId mean = expect(b, square, {});
  const ValueId centred = b.sub(square, mean);
  const ValueId root = b.map(Primitive::Sqrt, {mean});
  const ValueId scaled = b.div(centred, root);
  b.write(p.bias, scaled);
  const auto schedule = codegen::schedule(p.module, p.module.functions[0]);
  REQUIRE(schedule.phases.size() == 2);
  CHECK(schedule.phases[0].kernel == std::vector{t, square, mean});
  CHECK(schedule.phases[1].calls == std::vector{root});
  CHECK(schedule.phases[1].kernel == std::vector{centred, scaled});
  CHECK(schedule.effects.size() == 1);
}

TEST_CASE("a derivative of the forward pass is computed where the backward pass needs it") {
  Playground p;
  auto& b = p.function("f");
  const ValueId h = b.insert(ir::limit::Condition{p.matrix, b.read(p.bias), false});
  const ValueId z = b.map(Primitive::Tanh, {h});
  const ValueId slope = b.sub(b.constant(1.0), b.mul(z, z));
  const ValueId next = b.insert(ir::limit::Condition{p.matrix, z, false});
  const ValueId back = b.insert(ir::limit::Condition{p.matrix, next, true});
  b.write(p.bias, b.mul(back, slope));
  const auto schedule = codegen::schedule(p.module, p.module.functions[0]);
  CHECK(kernel_of(schedule, z) == 0);
  CHECK(kernel_of(schedule, slope) == 1);
}

TEST_CASE("a running sum is computed where its terms are: none of them has to wait") {
  Playground p;
  auto& b = p.function("f");
  ValueId z = b.read(p.bias), sum;
  std::vector<ValueId> sums;
  for (int i = 0; i < 4; ++i) {
    const ValueId term = b.insert(ir::limit::Condition{p.matrix, z, false});
    sum = i == 0 ? term : b.add(sum, term);
    if (i > 0) sums.push_back(sum);
    z = b.map(Primitive::Tanh, {term});
  }
  b.write(p.bias, sum);
  const auto schedule = codegen::schedule(p.module, p.module.functions[0]);
  for (size_t i = 0; i < sums.size(); ++i) CHECK(kernel_of(schedule, sums[i]) == static_cast<int>(i + 1));
}

TEST_CASE("which products are dense") {
  Playground p;
  auto& b = p.function("f");
  const auto run = [&](ValueId id) { return execution_of(p.module, b.function(), id); };
  const ValueId u = b.read(p.weights), v = b.read(p.readout);
  const ValueId x = b.input("x", {p.batch, p.inputs}), y = b.input("y", {p.batch, p.classes});
  const ValueId h = b.contract(u, x, {p.inputs});
  const ValueId other = b.insert(ir::Relabel{h, p.batch, p.other_batch});
  CHECK(run(h) == Execution::dense);
  CHECK(run(b.contract(v, y, {p.classes})) == Execution::fused);
  CHECK(run(b.contract(h, y, {p.batch})) == Execution::dense);
  CHECK(run(b.contract(b.mul(u, x), x, {p.inputs})) == Execution::fused);  // [d,B]: the sum is not innermost
  CHECK(run(b.contract(x, x, {p.inputs})) == Execution::scalar);
  CHECK(run(expect(b, h, other)) == Execution::dense);
  CHECK(run(expect(b, h, u)) == Execution::dense);
  CHECK(run(expect(b, h, v)) == Execution::fused);
  CHECK(run(expect(b, h, h)) == Execution::fused);
  CHECK(run(other) == Execution::none);
}

TEST_CASE("dead instructions are left out, operands come before users") {
  for (uint64_t seed = 1; seed < 20; ++seed) {
    Playground p;
    auto& b = p.function("f");
    std::mt19937_64 random(seed);
    std::vector<ValueId> values{b.read(p.bias), b.read(p.other_bias)};
    for (int i = 0; i < 30; ++i) {
      const ValueId lhs = values[random() % values.size()], rhs = values[random() % values.size()];
      switch (random() % 3) {
        case 0: values.push_back(b.add(lhs, b.add(rhs, expect(b, b.read(p.bias), {})))); break;
        case 1: values.push_back(b.insert(ir::limit::Condition{p.matrix, b.add(lhs, rhs), false})); break;
        default: values.push_back(b.mul(lhs, expect(b, rhs, b.read(p.bias))));
      }
    }
    const ValueId dead = b.map(Primitive::Exp, {values.back()});
    b.write(p.bias, values.back());
    const auto& function = p.module.functions[0];
    const auto schedule = codegen::schedule(p.module, function);
    CHECK(kernel_of(schedule, dead) == -1);
    std::vector<int> place(function.body.size(), -1);  // 3 * phase (+ 1 for kernels, + 2 for finished expectations)
    for (size_t i = 0; i < schedule.phases.size(); ++i) {
      const int base = 3 * static_cast<int>(i);
      for (ValueId id : schedule.phases[i].calls) place[id.index] = base;
      for (ValueId id : schedule.phases[i].kernel) {
        for (ValueId operand : ir::operands(function.at(id).op)) {
          const bool number = function.type(operand).kind == ir::Kind::scalar;
          CHECK(place[operand.index] <= (number ? base : base + 1));
        }
        place[id.index] = function.type(id).kind == ir::Kind::scalar ? base + 2 : base + 1;
      }
      for (ValueId id : schedule.phases[i].calls) {
        for (ValueId operand : ir::operands(function.at(id).op)) CHECK(place[operand.index] <= base);
      }
    }
  }
}

TEST_CASE("phases in print") {
  Playground p;
  auto& b = p.function("f");
  const ValueId v = b.read(p.bias);
  b.name_next("z");
  const ValueId z = b.map(Primitive::Tanh, {v});
  const ValueId mean = expect(b, z, {});
  b.write(p.other_bias, b.sub(z, mean));
  CHECK(print_phases(p.module, p.module.functions[0]) ==
        "phases of f\n"
        "  phase 0\n"
        "    fused %1(z) = map.tanh %0\n"
        "    fused %2 = expect %1(z)\n"
        "  phase 1\n"
        "    fused %3 = map.sub %1(z) %2\n"
        "  effect  write %3\n");
}

}  // namespace
