// One meta-batch of 32 tasks of examples/maml.tp (5 ways, 784 pixels, one hidden layer of infinite width in 789
// coordinates, single precision): the generated step, beside two programs written by hand with the same BLAS: the
// closed form of the whole meta-batch, and task by task with adapted weights, as such programs are usually written.
#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "bench/exact_model.h"
#include "bench/rates.h"

namespace {

using namespace tpc;
using Floats = std::vector<float>;

constexpr int tasks = 32, ways = 5, pixels = 784, hidden = 789, rows = tasks * ways;
constexpr float inner_rate = 0.4F, outer_rate = 0.1F, clip = 0.5F;

/// A fifth of the pixels is ink.
std::vector<double> drawings(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> result;
  for (int i = 0; i < rows * pixels; ++i) result.push_back(random() % 5 == 0 ? 255.0 : 0.0);
  return result;
}
std::vector<double> labels() {
  std::vector<double> result;
  for (int i = 0; i < rows; ++i) result.push_back(i % ways);
  return result;
}

void generated(benchmark::State& state, std::size_t threads) {
  const codegen::JitModel model = bench::exact_model(TPC_BENCH_DIRECTORY "/../examples/maml.tp", TP_F32);
  tp_state* trained = bench::exact_state(model.descriptor(), 832, threads);
  const std::vector<double> support = drawings(1), query = drawings(2), label = labels();
  const tp_model_descriptor& descriptor = *model.descriptor();
  std::vector<const double*> fields;
  for (uint32_t f = 0; f < descriptor.field_count; ++f) {
    const std::string name = descriptor.fields[f].name;
    fields.push_back(name == "support.pixels" ? support.data() : name == "query.pixels" ? query.data() : label.data());
  }
  const std::vector<int64_t> extents(descriptor.extent_count, tasks);
  for (auto _ : state) {
    double loss = 0.0;
    if (tp_step(trained, fields.data(), extents.data(), &loss) != TP_OK) throw std::runtime_error(tp_last_error());
  }
  tp_destroy(trained);
}

void product(bool a_transposed, bool b_transposed, int m, int n, int k, float alpha, const float* a, const float* b,
             float beta, float* c) {
  cblas_sgemm(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans, b_transposed ? CblasTrans : CblasNoTrans, m, n,
              k, alpha, a, a_transposed ? m : k, b, b_transposed ? k : n, beta, c, n);
}

/// dloss/dlogits of the mean cross-entropy of five rows whose classes are 0..4.
void slopes(const float* logits, float* out) {
  for (int i = 0; i < ways; ++i) {
    float sum = 0.0F;
    for (int j = 0; j < ways; ++j) sum += std::exp(logits[i * ways + j]);
    for (int j = 0; j < ways; ++j) {
      out[i * ways + j] = (std::exp(logits[i * ways + j]) / sum - (i == j ? 1.0F : 0.0F)) / ways;
    }
  }
}

/// f = V (U x + b), U = [I; 0], V = [0, I / 32], b = 0; both programs start there.
struct ByHand {
  Floats u = Floats(hidden * pixels, 0.0F), v = Floats(ways * hidden, 0.0F), b = Floats(hidden, 0.0F);
  Floats du = Floats(hidden * pixels), dv = Floats(ways * hidden), db = Floats(hidden);
  Floats support, query;

  ByHand() {
    for (int i = 0; i < pixels; ++i) u[static_cast<std::size_t>(i) * pixels + i] = 1.0F;
    for (int i = 0; i < ways; ++i) v[static_cast<std::size_t>(i) * hidden + pixels + i] = 1.0F / 32;
    for (double x : drawings(1)) support.push_back(static_cast<float>(x / 255));
    for (double x : drawings(2)) query.push_back(static_cast<float>(x / 255));
  }
  void clear() {
    for (Floats* gradient : {&du, &dv, &db}) std::fill(gradient->begin(), gradient->end(), 0.0F);
  }
  void descend() {
    double squares = 0.0;
    for (const Floats* gradient : {&du, &dv, &db}) {
      const auto size = static_cast<int>(gradient->size());
      squares += cblas_sdot(size, gradient->data(), 1, gradient->data(), 1);
    }
    const auto factor = outer_rate * std::min(1.0F, clip / static_cast<float>(std::sqrt(squares)));
    cblas_saxpy(static_cast<int>(u.size()), -factor, du.data(), 1, u.data(), 1);
    cblas_saxpy(static_cast<int>(v.size()), -factor, dv.data(), 1, v.data(), 1);
    cblas_saxpy(static_cast<int>(b.size()), -factor, db.data(), 1, b.data(), 1);
  }
  void add_bias(const Floats& bias, float* h, int count) const {
    for (int i = 0; i < count; ++i) cblas_saxpy(hidden, 1.0F, bias.data(), 1, h + i * hidden, 1);
  }
};

/// H = X U^T + b for all rows at once; adapted H and V task by task, from five-by-five inner products.
class ClosedForm : ByHand {
 public:
  void step() {
    clear();
    product(false, true, rows, hidden, pixels, 1, support.data(), u.data(), 0, hs_.data());
    product(false, true, rows, hidden, pixels, 1, query.data(), u.data(), 0, hq_.data());
    add_bias(b, hs_.data(), rows), add_bias(b, hq_.data(), rows);
    for (int t = 0; t < tasks; ++t) adapt(t);
    product(true, false, hidden, pixels, rows, 1, dh_.data(), query.data(), 0, du.data());
    for (int i = 0; i < rows; ++i) cblas_saxpy(hidden, 1.0F, dh_.data() + i * hidden, 1, db.data(), 1);
    descend();
  }

 private:
  void adapt(int t) {
    const float* hs = hs_.data() + t * ways * hidden;
    float* hq = hq_.data() + t * ways * hidden;
    float logits[ways * ways], g[ways * ways], inner[ways * ways];
    product(false, true, ways, ways, hidden, 1, hs, v.data(), 0, logits);
    slopes(logits, g);
    product(false, true, ways, ways, pixels, 1, query.data() + t * ways * pixels, support.data() + t * ways * pixels, 0,
            inner);
    for (float& x : inner) x += 1.0F;  // the bias
    float mixed[ways * ways];
    product(false, false, ways, ways, ways, 1, inner, g, 0, mixed);
    product(false, false, ways, hidden, ways, -inner_rate, mixed, v.data(), 1, hq);
    adapted_ = v;
    product(true, false, ways, hidden, ways, -inner_rate, g, hs, 1, adapted_.data());
    product(false, true, ways, ways, hidden, 1, hq, adapted_.data(), 0, logits);
    slopes(logits, g);
    product(true, false, ways, hidden, ways, 1, g, hq, 1, dv.data());
    product(false, false, ways, hidden, ways, 1, g, adapted_.data(), 0, dh_.data() + t * ways * hidden);
  }

  Floats hs_ = Floats(rows * hidden), hq_ = Floats(rows * hidden), dh_ = Floats(rows * hidden), adapted_;
};

/// Weights of its own for every task.
class TaskByTask : ByHand {
 public:
  void step() {
    clear();
    for (int t = 0; t < tasks; ++t) one(t);
    descend();
  }

 private:
  void gradients(const float* x, const Floats& u_at, const Floats& v_at, const Floats& b_at, Floats& gu, Floats& gv,
                 Floats& gb) {
    float logits[ways * ways], g[ways * ways];
    product(false, true, ways, hidden, pixels, 1, x, u_at.data(), 0, h_.data());
    add_bias(b_at, h_.data(), ways);
    product(false, true, ways, ways, hidden, 1, h_.data(), v_at.data(), 0, logits);
    slopes(logits, g);
    product(true, false, ways, hidden, ways, 1, g, h_.data(), 0, gv.data());
    product(false, false, ways, hidden, ways, 1, g, v_at.data(), 0, dh_.data());
    product(true, false, hidden, pixels, ways, 1, dh_.data(), x, 0, gu.data());
    std::fill(gb.begin(), gb.end(), 0.0F);
    for (int i = 0; i < ways; ++i) cblas_saxpy(hidden, 1.0F, dh_.data() + i * hidden, 1, gb.data(), 1);
  }
  void one(int t) {
    gradients(support.data() + t * ways * pixels, u, v, b, gu_, gv_, gb_);
    Floats own_u = u, own_v = v, own_b = b;
    cblas_saxpy(static_cast<int>(u.size()), -inner_rate, gu_.data(), 1, own_u.data(), 1);
    cblas_saxpy(static_cast<int>(v.size()), -inner_rate, gv_.data(), 1, own_v.data(), 1);
    cblas_saxpy(static_cast<int>(b.size()), -inner_rate, gb_.data(), 1, own_b.data(), 1);
    gradients(query.data() + t * ways * pixels, own_u, own_v, own_b, gu_, gv_, gb_);
    cblas_saxpy(static_cast<int>(u.size()), 1.0F, gu_.data(), 1, du.data(), 1);
    cblas_saxpy(static_cast<int>(v.size()), 1.0F, gv_.data(), 1, dv.data(), 1);
    cblas_saxpy(static_cast<int>(b.size()), 1.0F, gb_.data(), 1, db.data(), 1);
  }

  Floats h_ = Floats(ways * hidden), dh_ = Floats(ways * hidden);
  Floats gu_ = Floats(hidden * pixels), gv_ = Floats(ways * hidden), gb_ = Floats(hidden);
};

template <class Program>
void run_by_hand(benchmark::State& state, int threads) {
  openblas_set_num_threads(threads);
  Program program;
  for (auto _ : state) program.step();
  openblas_set_num_threads(1);
}
void closed_form(benchmark::State& state, int threads) { run_by_hand<ClosedForm>(state, threads); }
void task_by_task(benchmark::State& state, int threads) { run_by_hand<TaskByTask>(state, threads); }

BENCHMARK_CAPTURE(generated, one, 1)->UseRealTime()->Unit(benchmark::kMillisecond)->Name("tasks/generated/1");
BENCHMARK_CAPTURE(generated, two, 2)->UseRealTime()->Unit(benchmark::kMillisecond)->Name("tasks/generated/2");
BENCHMARK_CAPTURE(closed_form, one, 1)->UseRealTime()->Unit(benchmark::kMillisecond)->Name("tasks/closed/1");
BENCHMARK_CAPTURE(closed_form, two, 2)->UseRealTime()->Unit(benchmark::kMillisecond)->Name("tasks/closed/2");
BENCHMARK_CAPTURE(task_by_task, one, 1)->UseRealTime()->Unit(benchmark::kMillisecond)->Name("tasks/loop/1");
BENCHMARK_CAPTURE(task_by_task, two, 2)->UseRealTime()->Unit(benchmark::kMillisecond)->Name("tasks/loop/2");

}  // namespace
