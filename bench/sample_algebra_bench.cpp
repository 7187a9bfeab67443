// Projection of a batch on stored directions and their combination: the dense part of every conditioned product.
#include "bench/rates.h"
#include "runtime/algebra/row_store.h"
#include "runtime/algebra/sample_algebra.h"

namespace {

using namespace tpc::runtime;

constexpr size_t samples = 8192, rank = 512, batch = 32;

template <class Real>
struct Stored {
  SampleSpace space;
  RowStore<Real> basis{samples};
  AlignedBuffer<Real> x{batch * samples};
  RowList<Real> rows;
  std::vector<double> coefficients = std::vector<double>(batch * rank, 0.01);

  Stored() {
    space.count = samples;
    space.uniform_weight = 1.0 / samples;
    for (size_t i = 0; i < rank; ++i) std::fill_n(basis.append(), samples, Real(0.5) + static_cast<Real>(i % 7));
    std::fill_n(x.data(), batch * samples, Real(0.25));
    basis.list(0, rank, rows);
  }
};

/// <p_k, x_b> for all k and b.
template <class Real>
void projection(benchmark::State& state) {
  Stored<Real> stored;
  SampleAlgebra<Real> algebra(stored.space);
  for (auto _ : state) {
    algebra.inner({stored.x.data(), batch, samples}, stored.rows, stored.coefficients.data(), rank);
    benchmark::ClobberMemory();
  }
  tpc::bench::report_flops(state, 2.0 * samples * rank * batch);
}
BENCHMARK(projection<double>)->UseRealTime()->Name("projection_f64/M8192_rank512_batch32");
BENCHMARK(projection<float>)->UseRealTime()->Name("projection_f32/M8192_rank512_batch32");

/// sum_k c_bk (W p_k) for all b.
template <class Real>
void combination(benchmark::State& state) {
  Stored<Real> stored;
  SampleAlgebra<Real> algebra(stored.space);
  AlignedBuffer<Real> out(batch * samples);
  for (auto _ : state) {
    algebra.combine(1.0, stored.coefficients.data(), rank, stored.rows, out.data(), batch, samples, false);
    benchmark::ClobberMemory();
  }
  tpc::bench::report_flops(state, 2.0 * samples * rank * batch);
}
BENCHMARK(combination<double>)->UseRealTime()->Name("combination_f64/M8192_rank512_batch32");
BENCHMARK(combination<float>)->UseRealTime()->Name("combination_f32/M8192_rank512_batch32");

}  // namespace
