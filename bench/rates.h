/// \file How the benchmarks report: work over wall-clock time, so that every line stands beside the machine's own
/// rates.
#pragma once

#include <benchmark/benchmark.h>

namespace tpc::bench {

inline void report_flops(benchmark::State& state, double flops_per_iteration) {
  state.counters["FLOP/s"] = benchmark::Counter(flops_per_iteration, benchmark::Counter::kIsIterationInvariantRate,
                                                benchmark::Counter::kIs1000);
}

inline void report_bytes(benchmark::State& state, double bytes_per_iteration) {
  state.counters["B/s"] = benchmark::Counter(bytes_per_iteration, benchmark::Counter::kIsIterationInvariantRate,
                                             benchmark::Counter::kIs1000);
}

inline void report_values(benchmark::State& state, double values_per_iteration) {
  state.counters["values/s"] = benchmark::Counter(values_per_iteration, benchmark::Counter::kIsIterationInvariantRate,
                                                  benchmark::Counter::kIs1000);
}

}  // namespace tpc::bench
