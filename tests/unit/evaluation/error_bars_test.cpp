/// How often the truth lies outside two reported standard errors: 4.6 % for normal errors, whatever the number of
/// repetitions they were estimated from.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "driver/session.h"
#include "driver_support.h"
#include "evaluation/compiled/machine_code.h"
#include "evaluation/limit/limit_evaluator.h"
#include "evaluation/training/train.h"

using namespace tpc;
using namespace tpc::driver;
using namespace tpc::evaluation;

namespace {

constexpr size_t seeds = 40;
constexpr size_t most_replicas = 12;

/// Keeps what every replica predicts.
class Listener final : public Evaluator {
 public:
  Listener(const tp_model_descriptor& model, const LimitSettings& settings) : limit_(model, settings, {}, false) {}
  ReplicaValues step(const TrainingBatch& batch) override { return limit_.step(batch); }
  ReplicaValues loss(const TrainingBatch& batch) override { return limit_.loss(batch); }
  ReplicaValues evaluate(const ir::FunctionKey& function, const LoadedSet& set) override {
    return limit_.evaluate(function, set);
  }
  std::vector<ReplicaValues> predict(const std::vector<const LoadedSet*>& sets) override {
    std::vector<ReplicaValues> values = limit_.predict(sets);
    heard.insert(heard.end(), values.begin(), values.end());
    return values;
  }
  std::vector<ReplicaValues> heard;

 private:
  LimitEvaluator limit_;
};

/// Outputs of 40 x 12 replicas after some steps.
std::vector<ReplicaValues> outputs_of(const std::string& layers, const std::string& network) {
  const TemporaryFolder folder;
  Options options;
  options.file = folder.file("small.tp", program_text(layers, network));
  const auto session = start_session(options, Stage::limit);
  REQUIRE(session != nullptr);
  session->plan.steps = 6;
  session->plan.recorded = {2, 4, 6};
  diag::Engine diagnostics;
  const auto model = compile_to_memory(*session->compilation->limit, {}, diagnostics);
  REQUIRE(model.has_value());
  LimitSettings settings;
  settings.samples = 256;
  settings.replicas = seeds * most_replicas;
  Listener listener(*model->descriptor(), settings);
  SilentMonitor monitor;
  const auto watch = monitor.begin("", 6, KeptWhenStopped::no);
  train(listener, session->plan, *watch);
  return listener.heard;
}

/// Cases in which the mean over all replicas lies outside two errors of one seed with its first `replicas` replicas.
struct Count {
  size_t missed = 0, cases = 0;
};
void count_misses(const ReplicaValues& values, size_t replicas, Count& count) {
  Estimates all;
  all.append(values);
  for (size_t seed = 0; seed < seeds; ++seed) {
    ReplicaValues some{replicas, values.numbers, {}};
    for (size_t r = 0; r < replicas; ++r) {
      const double* one = values.replica(seed * most_replicas + r);
      some.values.insert(some.values.end(), one, one + values.numbers);
    }
    Estimates estimates;
    estimates.append(some);
    for (size_t i = 0; i < values.numbers; ++i) {
      if (estimates.error[i] == 0.0) continue;
      ++count.cases;
      if (std::abs(estimates.mean[i] - all.mean[i]) > 2.0 * estimates.error[i]) ++count.missed;
    }
  }
}

constexpr auto one_hidden = "param U : [n, 2] init normal(std = 1)\nparam V : [1, n] init normal(std = 1)\n";
constexpr auto two_hidden =
    "param U : [n, 2] init normal(std = 1)\nparam W : [n, n] init normal(std = 1.3)\n"
    "param V : [1, n] init normal(std = 1)\n";

}  // namespace

TEST_CASE("two error bars cover 95 % of all cases at 2, 4 and 12 replicas") {
  std::vector<ReplicaValues> outputs;
  for (const auto& [layers, network] : std::vector<std::pair<std::string, std::string>>{
           {one_hidden, " return V @ relu(U @ x)"},
           {two_hidden, " return V @ tanh(W @ tanh(U @ x))"},
           {two_hidden, " z = relu(U @ x)\n return V @ (z + relu(W @ z))"},
           {two_hidden, " z = tanh(U @ x)\n return V @ tanh(W.T @ tanh(W @ z))"}}) {
    for (ReplicaValues& values : outputs_of(layers, network)) outputs.push_back(std::move(values));
  }
  for (const size_t replicas : {2u, 4u, 12u}) {
    Count count;
    for (const ReplicaValues& values : outputs) count_misses(values, replicas, count);
    const double share = static_cast<double>(count.missed) / static_cast<double>(count.cases);
    MESSAGE(replicas << " replicas: " << 100.0 * share << " % of " << count.cases << " cases outside two errors");
    // 160 independent runs, in each of which the cases go together.
    CHECK(share > 0.02);
    CHECK(share < 0.08);
  }
}
