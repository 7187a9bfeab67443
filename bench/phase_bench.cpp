// One phase: tanh or relu of a batch of random variables, its derivative and an expectation with the readout, in one
// pass over the sample points. Generated, and written by hand (by_hand/phase.h); one thread each.
#include <random>
#include <stdexcept>
#include <vector>

#include "bench/by_hand/phase.h"
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

enum class Function { tanh, relu };

limit::Module phase(Function function) {
  limit::Module module;
  module.name = "phase";
  module.dims = {{"rows", rows}};
  module.states = {gaussian("h", {DimId(0)}), gaussian("v", {})};
  limit::Function predict;
  predict.key = ir::FunctionRole::predict;
  limit::Builder builder(module, predict);
  const ValueId h = builder.read(StateId(0));
  const bool tanh = function == Function::tanh;
  const ValueId z = builder.map(tanh ? ir::Primitive::Tanh : ir::Primitive::Relu, {h});
  const ValueId slope = tanh ? builder.sub(builder.constant(1.0), builder.map(ir::Primitive::Pow, {z}, 2))
                             : builder.map(ir::Primitive::Step, {h});
  const ValueId value = builder.insert(limit::Expect{builder.mul(z, slope), builder.read(StateId(1)), {}});
  predict.results.push_back({"output", value});
  module.functions.push_back(std::move(predict));
  return module;
}

template <class Real>
void report(benchmark::State& state) {
  tpc::bench::report_values(state, static_cast<double>(rows * samples));
  tpc::bench::report_bytes(state, static_cast<double>(rows * samples) * sizeof(Real));
}

template <class Real>
void generated(benchmark::State& state, Function function) {
  codegen::CodegenOptions options;
  options.precision = sizeof(Real) == sizeof(double) ? TP_F64 : TP_F32;
  options.optimization_level = 3;
  codegen::JitModel model(codegen::CompiledModel(phase(function), options));
  if (!model.error().empty()) throw std::runtime_error(model.error());
  tp_options run_options;
  tp_default_options(&run_options);
  run_options.samples = samples;
  run_options.replicas = 1;
  run_options.threads = 1;
  tp_state* handle = nullptr;
  if (tp_create(model.descriptor(), &run_options, &handle) != TP_OK) throw std::runtime_error(tp_last_error());
  std::vector<double> mean(rows);
  for (auto _ : state) {
    if (tp_call(handle, 0, 0, nullptr, nullptr, mean.data(), nullptr, nullptr) != TP_OK)
      throw std::runtime_error(tp_last_error());
    benchmark::DoNotOptimize(mean.data());
  }
  tp_destroy(handle);
  report<Real>(state);
}

template <class Real>
void by_hand(benchmark::State& state, tpc::bench::PhaseByHand<Real>* function) {
  std::mt19937_64 random(1);
  std::normal_distribution<Real> normal;
  std::vector<Real> h(rows * samples), v(samples);
  for (std::vector<Real>* values : {&h, &v}) {
    for (Real& value : *values) value = normal(random);
  }
  std::vector<double> mean(rows);
  for (auto _ : state) {
    function(h.data(), v.data(), rows, samples, mean.data());
    benchmark::DoNotOptimize(mean.data());
  }
  report<Real>(state);
}

template <class Real>
void register_phases(const std::string& precision) {
  namespace strict = tpc::bench::strict;
  namespace fast_math = tpc::bench::fast_math;
  const auto add = [&](const std::string& author, const std::string& function, auto run) {
    benchmark::RegisterBenchmark(("phase/" + author + "/" + function + "_" + precision).c_str(), run)->UseRealTime();
  };
  add("generated", "tanh", [](benchmark::State& state) { generated<Real>(state, Function::tanh); });
  add("generated", "relu", [](benchmark::State& state) { generated<Real>(state, Function::relu); });
  add("by_hand", "tanh", [](benchmark::State& state) { by_hand<Real>(state, strict::tanh_phase); });
  add("by_hand", "relu", [](benchmark::State& state) { by_hand<Real>(state, strict::relu_phase); });
  add("by_hand_fast_math", "tanh", [](benchmark::State& state) { by_hand<Real>(state, fast_math::tanh_phase); });
  add("by_hand_fast_math", "relu", [](benchmark::State& state) { by_hand<Real>(state, fast_math::relu_phase); });
}

[[maybe_unused]] const bool registered = (register_phases<double>("f64"), register_phases<float>("f32"), true);

}  // namespace
