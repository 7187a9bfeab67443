// The kernel of all pairs of 2,000 points: generated code through tp_evaluate_pairs beside the same formulas in Eigen,
// with 3 hidden layers; and with 21, the depth that published times are of (harness/kernel_rate.py).
#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

#include "bench/eigen_kernel.h"
#include "bench/rates.h"
#include "codegen/codegen.h"
#include "driver/compile.h"

namespace {

using namespace tpc;

constexpr std::size_t points = 2000, inputs = 784;
constexpr double weight_variance = 2.0;

const std::vector<double>& data() {
  static const std::vector<double> x = [] {
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal;
    std::vector<double> values(points * inputs);
    for (double& value : values) value = normal(random);
    return values;
  }();
  return x;
}

/// bench/kernel.tp by the compiler's own road, up to the function `kernel`.
ir::limit::Module compiled_kernel(int layers) {
  driver::Options options;
  options.values["L"] = std::to_string(layers);
  options.file = TPC_BENCH_DIRECTORY "/kernel.tp";
  const auto compilation = driver::compile(options, driver::Stage::limit);
  if (!compilation) throw std::runtime_error("cannot compile " + options.file);
  ir::limit::Module module = *compilation->limit;
  std::erase_if(module.functions,
                [](const ir::limit::Function& function) { return function.key != ir::FunctionRole::kernel; });
  return module;
}

void report(benchmark::State& state) { tpc::bench::report_values(state, static_cast<double>(points * points)); }

void evaluate(const tp_model_descriptor* model, std::size_t threads, double* kernel) {
  tp_options options;
  tp_default_options(&options);
  options.threads = threads;
  const double* fields[] = {data().data(), nullptr};
  tp_pairs pairs{};
  pairs.size = sizeof(tp_pairs);
  pairs.fields = fields;
  pairs.count = points;
  double* results[] = {kernel, nullptr};
  if (tp_evaluate_pairs(model, &options, 0, &pairs, results, nullptr, nullptr) != TP_OK) {
    throw std::runtime_error(tp_last_error());
  }
}

void generated(benchmark::State& state, int layers, std::size_t threads) {
  codegen::JitModel model(codegen::CompiledModel(compiled_kernel(layers), {}));
  if (!model.error().empty()) throw std::runtime_error(model.error());
  std::vector<double> kernel(points * points), expected(points * points);
  for (auto _ : state) {
    evaluate(model.descriptor(), threads, kernel.data());
    benchmark::DoNotOptimize(kernel.data());
  }
  eigen_kernel_baseline(data().data(), points, inputs, layers, weight_variance, expected.data());
  double difference = 0.0;
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    difference = std::max(difference, std::fabs(kernel[i] - expected[i]));
  }
  // Half the digits, at equal points, in every layer.
  const double allowed = 3e-7 * layers;
  if (!(difference < allowed)) throw std::runtime_error("the two kernels differ by " + std::to_string(difference));
  report(state);
}

void eigen(benchmark::State& state, int layers, EigenKernel* function) {
  std::vector<double> kernel(points * points);
  for (auto _ : state) {
    function(data().data(), points, inputs, layers, weight_variance, kernel.data());
    benchmark::DoNotOptimize(kernel.data());
  }
  report(state);
}

constexpr auto unit = benchmark::kMillisecond;
BENCHMARK_CAPTURE(generated, threads_1, 3, 1)->UseRealTime()->Unit(unit)->Name("kernel/generated/1");
BENCHMARK_CAPTURE(generated, threads_all, 3, 0)->UseRealTime()->Unit(unit)->Name("kernel/generated");
BENCHMARK_CAPTURE(eigen, baseline, 3, eigen_kernel_baseline)->UseRealTime()->Unit(unit)->Name("kernel/eigen_O3");
BENCHMARK_CAPTURE(eigen, native, 3, eigen_kernel_native)->UseRealTime()->Unit(unit)->Name("kernel/eigen_O3_native");
BENCHMARK_CAPTURE(generated, deep_1, 21, 1)->UseRealTime()->Unit(unit)->Name("kernel_21/generated/1");
BENCHMARK_CAPTURE(generated, deep_all, 21, 0)->UseRealTime()->Unit(unit)->Name("kernel_21/generated");
BENCHMARK_CAPTURE(eigen, deep_native, 21, eigen_kernel_native)
    ->UseRealTime()
    ->Unit(unit)
    ->Name("kernel_21/eigen_O3_native");

}  // namespace
