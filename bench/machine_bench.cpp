// What the machine can do: the yardsticks the other benchmarks are read against.
#include <tbb/parallel_for.h>
#include <Eigen/Core>
#include <cstring>
#include <vector>

#include "bench/rates.h"
#include "runtime/algebra/gemm.h"

namespace {

using tpc::runtime::Layout;

constexpr size_t gemm_size = 1024;

/// Square products on every core at once through the library the runtime uses.
template <class Real>
void machine_gemm(benchmark::State& state) {
  const auto threads = static_cast<size_t>(state.range(0));
  std::vector<std::vector<Real>> a(threads), b(threads), c(threads);
  for (size_t t = 0; t < threads; ++t) {
    a[t].assign(gemm_size * gemm_size, Real(0.5));
    b[t].assign(gemm_size * gemm_size, Real(0.25));
    c[t].assign(gemm_size * gemm_size, Real(0));
  }
  for (auto _ : state) {
    tbb::parallel_for(size_t{0}, threads, [&](size_t t) {
      tpc::runtime::gemm(Layout::plain, Layout::plain, gemm_size, gemm_size, gemm_size, Real(1), a[t].data(), gemm_size,
                         b[t].data(), gemm_size, Real(0), c[t].data(), gemm_size);
    });
    benchmark::ClobberMemory();
  }
  tpc::bench::report_flops(state, 2.0 * gemm_size * gemm_size * gemm_size * static_cast<double>(threads));
}
BENCHMARK(machine_gemm<double>)->Arg(1)->Arg(2)->UseRealTime()->Name("machine/gemm_f64/threads");
BENCHMARK(machine_gemm<float>)->Arg(1)->Arg(2)->UseRealTime()->Name("machine/gemm_f32/threads");

/// The same product by Eigen's own kernels (built like the rest of the project, for the baseline processor).
void eigen_gemm(benchmark::State& state) {
  const auto size = static_cast<Eigen::Index>(gemm_size);
  Eigen::MatrixXd a = Eigen::MatrixXd::Constant(size, size, 0.5), b = Eigen::MatrixXd::Constant(size, size, 0.25),
                  c(size, size);
  for (auto _ : state) {
    c.noalias() = a * b;
    benchmark::ClobberMemory();
  }
  tpc::bench::report_flops(state, 2.0 * gemm_size * gemm_size * gemm_size);
}
BENCHMARK(eigen_gemm)->UseRealTime()->Name("machine/gemm_f64_eigen");

/// Bytes read plus written by a large memcpy.
void machine_copy(benchmark::State& state) {
  const size_t bytes = size_t{256} << 20U;
  std::vector<char> from(bytes, 1), to(bytes, 0);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), bytes);
    benchmark::ClobberMemory();
  }
  tpc::bench::report_bytes(state, 2.0 * static_cast<double>(bytes));
}
BENCHMARK(machine_copy)->UseRealTime()->Name("machine/copy");

}  // namespace
