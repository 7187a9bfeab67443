// One dimension of scrambled Sobol points through the normal quantile, and of Philox normals: the price of a direction.
#include "bench/rates.h"
#include "runtime/points/sample_points.h"
#include "runtime/support/aligned_buffer.h"

namespace {

using namespace tpc::runtime;

constexpr size_t samples = 8192;

void column(benchmark::State& state, tp_method method) {
  PointOptions options;
  options.method = method;
  options.count = samples;
  options.seed = 1;
  const SamplePoints points(options);
  AlignedBuffer<double> out(samples);
  uint64_t dimension = 0;
  for (auto _ : state) {
    points.fill(dimension, 0, samples, out.data());
    dimension = (dimension + 1) % 512;
    benchmark::ClobberMemory();
  }
  tpc::bench::report_values(state, samples);
}
BENCHMARK_CAPTURE(column, sobol, TP_METHOD_QMC)->UseRealTime()->Name("points/sobol_normal_M8192");
BENCHMARK_CAPTURE(column, philox, TP_METHOD_MC)->UseRealTime()->Name("points/philox_normal_M8192");

}  // namespace
