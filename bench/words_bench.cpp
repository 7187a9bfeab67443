// Training on words at infinite width: windows a second of the generated step, beside nothing but the traffic it cannot
// do without: every row that a window meets read once and written once.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "bench/exact_model.h"
#include "bench/rates.h"

namespace {

using namespace tpc;

constexpr std::size_t words = 5043, coordinates = 5056, context = 16, negatives = 25, windows = 4096;

struct Windows {
  std::vector<double> word, context, negative;
};

/// Words by Zipf's law, a half-width of 1 to 8 around each, negatives by the power 3/4 of the counts.
Windows draw_windows() {
  std::mt19937_64 random(1);
  std::vector<double> counts, powers;
  for (std::size_t rank = 1; rank <= words; ++rank) {
    counts.push_back(1.0 / (static_cast<double>(rank) + 20.0));  // frequent words are subsampled
    powers.push_back(std::pow(1.0 / static_cast<double>(rank), 0.75));
  }
  std::discrete_distribution<int> word(counts.begin(), counts.end()), negative(powers.begin(), powers.end());
  Windows result;
  for (std::size_t i = 0; i < windows; ++i) {
    result.word.push_back(word(random));
    const std::size_t present = 2 * (1 + random() % 8);
    for (std::size_t j = 0; j < context; ++j) result.context.push_back(j < present ? word(random) : -1);
    for (std::size_t j = 0; j < negatives; ++j) result.negative.push_back(negative(random));
  }
  return result;
}

void report_windows(benchmark::State& state) {
  state.counters["windows/s"] =
      benchmark::Counter(static_cast<double>(windows), benchmark::Counter::kIsIterationInvariantRate);
}

void generated(benchmark::State& state, std::size_t threads) {
  const codegen::JitModel model = bench::exact_model(TPC_BENCH_DIRECTORY "/words.tp", TP_F32);
  tp_state* trained = bench::exact_state(model.descriptor(), coordinates, threads);
  const Windows data = draw_windows();
  const int64_t batch = 1;
  for (auto _ : state) {
    for (std::size_t i = 0; i < windows; ++i) {
      const double* fields[3];
      for (uint32_t f = 0; f < model.descriptor()->field_count; ++f) {
        const std::string name = model.descriptor()->fields[f].name;
        fields[f] = name == "word"      ? &data.word[i]
                    : name == "context" ? &data.context[i * context]
                                        : &data.negative[i * negatives];
      }
      double loss = 0.0;
      if (tp_step(trained, fields, &batch, &loss) != TP_OK) throw std::runtime_error(tp_last_error());
    }
  }
  tp_destroy(trained);
  report_windows(state);
}

void traffic(benchmark::State& state) {
  std::vector<float> u(words * coordinates, 0.0F), w(words * coordinates, 0.0F);
  const Windows data = draw_windows();
  const auto touch = [](std::vector<float>& table, double row) {
    if (row < 0) return;
    float* values = table.data() + static_cast<std::size_t>(row) * coordinates;
    for (std::size_t s = 0; s < coordinates; ++s) values[s] += 1e-3F;
  };
  for (auto _ : state) {
    for (std::size_t i = 0; i < windows; ++i) {
      touch(w, data.word[i]);
      for (std::size_t j = 0; j < negatives; ++j) touch(w, data.negative[i * negatives + j]);
      for (std::size_t j = 0; j < context; ++j) touch(u, data.context[i * context + j]);
    }
    benchmark::DoNotOptimize(u.data());
    benchmark::DoNotOptimize(w.data());
  }
  report_windows(state);
}

BENCHMARK_CAPTURE(generated, one, 1)->UseRealTime()->Unit(benchmark::kMillisecond)->Name("words/generated/1");
BENCHMARK_CAPTURE(generated, two, 2)->UseRealTime()->Unit(benchmark::kMillisecond)->Name("words/generated/2");
BENCHMARK(traffic)->UseRealTime()->Unit(benchmark::kMillisecond)->Name("words/traffic");

}  // namespace
