// Which values get sample buffers, and which share one.
#include "codegen/buffer_plan.h"

#include <doctest/doctest.h>

#include "tests/unit/codegen/harness.h"
#include "tests/unit/codegen/network.h"

namespace {

using namespace tpc;
using namespace tpc::test;
using ir::Primitive;
using ir::ValueId;

codegen::BufferPlan plan(const ir::limit::Module& module, const ir::limit::Function& function) {
  const auto schedule = codegen::schedule(module, function);
  std::vector<codegen::KernelPlan> kernels;
  for (const auto& phase : schedule.phases) kernels.push_back(codegen::plan_kernel(function, phase.kernel));
  return codegen::plan_buffers(module, function, schedule, kernels, {});
}

TEST_CASE("a chain of maps needs no buffer but its end") {
  Playground p;
  auto& b = p.function("f");
  ValueId z = b.read(p.bias);
  for (int i = 0; i < 5; ++i) z = b.map(Primitive::Tanh, {z});
  b.write(p.bias, z);
  const auto buffers = plan(p.module, p.module.functions[0]);
  CHECK(buffers.slots.size() == 1);
  CHECK(buffers.slot_of.size() == 1);
  CHECK(buffers.slot_of.contains(z));
}

TEST_CASE("an update takes the place of the gradient it is made from") {
  const auto module = network({50, 3, 1, Primitive::Tanh, 0.1});
  const auto buffers = plan(module, module.functions[0]);
  size_t of_inputs = 0;  // buffers of 50 rows: the gradient of U and its new value
  for (const auto& slot : buffers.slots) of_inputs += slot.shapes.front() == std::vector{ir::DimId(1)} ? 1 : 0;
  CHECK(of_inputs == 1);
}

TEST_CASE("a value whose other rows are still read is neither overwritten nor kept in a register") {
  for (const bool made_in_kernel : {false, true}) {
    Playground p;
    auto& b = p.function("f");
    const ValueId source = b.contract(b.read(p.table), {}, {p.classes});  // vector[j]
    const ValueId h =
        made_in_kernel ? b.map(Primitive::Tanh, {source}) : b.insert(ir::limit::Condition{p.matrix, source, false});
    const ValueId mixing = b.contract(b.input("pairs", {p.pair, p.other_pair, p.batch}), {}, {p.batch});
    const ValueId twin = b.insert(ir::Relabel{h, p.pair, p.other_pair});
    const ValueId mixed = b.contract(twin, mixing, {p.other_pair});  // h_j' for all j' at row j
    const ValueId same = b.map(Primitive::Sin, {h});
    const auto matrix_times = [&](ValueId x) { return b.insert(ir::limit::Condition{p.matrix, x, false}); };
    const ValueId norm = b.insert(ir::limit::Expect{matrix_times(same), matrix_times(mixed), {}});
    b.function().results.push_back({"norm", norm});
    check_function(p.module, "f");
  }
}

TEST_CASE("a deep network reuses what the layers before have left") {
  size_t slots[2];
  for (int i = 0; i < 2; ++i) {
    const auto module = network({50, 3, 4 + 4 * i, Primitive::Tanh, 0.1});
    slots[i] = plan(module, module.functions[1]).slots.size();  // predict keeps nothing for a backward pass
  }
  CHECK(slots[0] == slots[1]);
  CHECK(slots[0] <= 4);
}

}  // namespace
