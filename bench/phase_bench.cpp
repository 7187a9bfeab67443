// One compiled phase: tanh of a batch of random variables, its derivative and an expectation with the readout, in one
// pass over the sample points.
#include <stdexcept>

#include "bench/rates.h"
#include "codegen/codegen.h"
#include "ir/limit/ir.h"

namespace {

using namespace tpc;
using ir::DimId;
using ir::Kind;
using ir::StateId;
using ir::ValueId;
namespace limit = ir::limit;

constexpr int64_t rows = 32, samples = 8192;

ir::State gaussian(std::string name, std::vector<DimId> dims) {
  ir::State state;
  state.name = std::move(name);
  state.type = {Kind::vector, std::move(dims)};
  state.init = {ir::InitKind::gaussian, 1.0};
  return state;
}

limit::Module phase() {
  limit::Module module;
  module.name = "phase";
  module.dims = {{"rows", rows}};
  module.states = {gaussian("h", {DimId(0)}), gaussian("v", {})};
  limit::Function function;
  function.key = ir::FunctionRole::predict;
  limit::Builder builder(module, function);
  ValueId z = builder.map(ir::Primitive::Tanh, {builder.read(StateId(0))});
  ValueId slope = builder.sub(builder.constant(1.0), builder.map(ir::Primitive::Pow, {z}, 2));
  ValueId value = builder.insert(limit::Expect{builder.mul(z, slope), builder.read(StateId(1)), {}});
  function.results.push_back({"output", value});
  module.functions.push_back(std::move(function));
  return module;
}

void tanh_phase(benchmark::State& state, tp_precision precision) {
  codegen::CodegenOptions options;
  options.precision = precision;
  options.optimization_level = 3;
  codegen::JitModel model(codegen::CompiledModel(phase(), options));
  if (!model.error().empty()) throw std::runtime_error(model.error());
  tp_options run_options;
  tp_default_options(&run_options);
  run_options.samples = samples;
  run_options.replicas = 1;
  tp_state* handle = nullptr;
  if (tp_create(model.descriptor(), &run_options, &handle) != TP_OK) throw std::runtime_error(tp_last_error());
  std::vector<double> mean(rows);
  for (auto _ : state) {
    if (tp_call(handle, 0, 0, nullptr, nullptr, mean.data(), nullptr, nullptr) != TP_OK)
      throw std::runtime_error(tp_last_error());
    benchmark::DoNotOptimize(mean.data());
  }
  tp_destroy(handle);
  tpc::bench::report_values(state, static_cast<double>(rows * samples));
  const double size = precision == TP_F64 ? sizeof(double) : sizeof(float);
  tpc::bench::report_bytes(state, static_cast<double>(rows * samples) * size);
}
BENCHMARK_CAPTURE(tanh_phase, f64, TP_F64)->UseRealTime()->Name("phase/tanh_f64_M8192_rows32");
BENCHMARK_CAPTURE(tanh_phase, f32, TP_F32)->UseRealTime()->Name("phase/tanh_f32_M8192_rows32");

}  // namespace
