// One training step of a finite network (the reference): forward product, backward product and rank-32 update of W.
#include "bench/rates.h"
#include "evaluation/interpreter/interpreter.h"
#include "ir/tp/ir.h"

namespace {

using namespace tpc;
using ir::DimId;
using ir::Kind;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

constexpr int64_t batch = 32, inputs = 64;

ir::State gaussian(std::string name, Kind kind, std::vector<DimId> dims, ir::Rational b) {
  ir::State state;
  state.name = std::move(name);
  state.type = {kind, std::move(dims)};
  state.init = {ir::InitKind::gaussian, 1.0};
  state.b = b;
  return state;
}

/// z = tanh(W tanh(U x)), and W moved by the outer product of its output's and input's gradients.
tp::Module one_step() {
  tp::Module module;
  module.name = "step";
  module.dims = {{"B", std::nullopt}, {"d", inputs}};
  module.states = {gaussian("U", Kind::vector, {DimId(1)}, 0), gaussian("W", Kind::matrix, {}, {1, 2})};
  tp::Function function;
  function.key = ir::FunctionRole::step;
  tp::Builder builder(module, function);
  ValueId x = builder.input("x", {DimId(0), DimId(1)});
  ValueId z1 = builder.map(ir::Primitive::Tanh, {builder.contract(builder.read(StateId(0)), x, {DimId(1)})});
  ValueId matrix = builder.read(StateId(1));
  ValueId z2 = builder.map(ir::Primitive::Tanh, {builder.insert(tp::Matmul{matrix, z1, false})});
  ValueId back = builder.insert(tp::Matmul{matrix, z2, true});
  ValueId gradient = builder.insert(tp::Outer{z2, builder.mul(back, z1)});
  ValueId rate = builder.mul(builder.constant(1e-3), builder.insert(tp::WidthPower{-1}));
  builder.write(StateId(1), builder.sub(matrix, builder.mul(rate, gradient)));
  module.functions.push_back(std::move(function));
  return module;
}

void finite_width_step(benchmark::State& state) {
  const int64_t width = state.range(0);
  tpc::evaluation::Interpreter network(one_step(), width, 1);
  tpc::evaluation::Batch data{batch, {{"x", std::vector<double>(batch * inputs, 0.1)}}};
  for (auto _ : state) benchmark::DoNotOptimize(network.run(ir::FunctionRole::step, data));
  const auto n = static_cast<double>(width);
  tpc::bench::report_flops(state, 3.0 * 2.0 * n * n * batch + 2.0 * n * batch * inputs);
}
BENCHMARK(finite_width_step)->Arg(1024)->Arg(4096)->UseRealTime()->Name("finite_width_step/width");

}  // namespace
