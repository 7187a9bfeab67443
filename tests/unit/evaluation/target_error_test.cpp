// --target-error: which runs are made, and which is kept.
#include <doctest/doctest.h>

#include <cmath>

#include "driver/session.h"
#include "driver_support.h"
#include "evaluation/experiment/target_error.h"
#include "sources/files.h"

using namespace tpc::driver;
using namespace tpc::evaluation;

namespace {

/// A run whose one output has the error c / samples^rate.
struct FakeRuns {
  tp_method method = TP_METHOD_QMC;
  double first_error = 1.0;
  double rate = 0.5;
  int64_t first_samples = 1000;
  int64_t too_many = int64_t{1} << 40;  ///< from so many on there is no memory
  int64_t interrupted_from = int64_t{1} << 40;
  std::vector<int64_t> tried = {};

  std::optional<InfiniteWidthRun> operator()(const Problem& problem, const EvaluationSettings& settings) {
    const int64_t samples = settings.request.samples.value_or(first_samples);
    tried.push_back(samples);
    if (samples >= too_many) {
      problem.diagnostics.report(tpc::diag::Kind::not_enough_memory, {{"what", "samples"}, {"advice", "none"}});
      return {};
    }
    InfiniteWidthRun run;
    run.choice.settings.method = method;
    run.choice.settings.samples = samples;
    run.choice.why = tried.size() == 1 ? "the first reason" : "asked for";
    run.run_seconds = 1.0;
    run.trajectory.interrupted = samples >= interrupted_from;
    const double error =
        first_error * std::pow(static_cast<double>(first_samples) / static_cast<double>(samples), rate);
    run.trajectory.outputs = {{"train", {2}, {{1.0, 2.0}, {0.5 * error, error}}}};
    return run;
  }
};

struct Outcome {
  std::optional<InfiniteWidthRun> run;
  std::vector<tpc::diag::Diagnostic> said;
};

Outcome search(FakeRuns& runs, double target) {
  const TemporaryFolder folder;
  Options options;
  options.file = folder.file(
      "small.tp", program_text("param U : [n, 2] init normal(std = 1)\nparam V : [1, n] init normal(std = 1)",
                               "return V @ tanh(U @ x)"));
  const auto session = start_session(options, Stage::limit);
  REQUIRE(session != nullptr);
  SilentMonitor monitor;
  EvaluationSettings settings;
  settings.target_error = target;
  const Attempt attempt = [&](const Problem& problem, const EvaluationSettings& with) { return runs(problem, with); };
  auto run = run_to_target(session->problem(monitor), settings, attempt);
  return {std::move(run), session->compilation->diagnostics.all()};
}

}  // namespace

TEST_CASE("more samples until the error is small enough") {
  FakeRuns runs{.first_error = 0.1};
  const auto [run, said] = search(runs, 0.01);
  REQUIRE(run.has_value());
  CHECK(runs.tried == std::vector<int64_t>{1000, 8000, 64000, 128000});
  CHECK(*run->largest_error < 0.01);
  CHECK(run->choice.why == "the first reason");
  CHECK(run->run_seconds == static_cast<double>(runs.tried.size()));
  CHECK(said.empty());
}

TEST_CASE("small enough at once, or exact: one run") {
  for (double error : {0.005, 0.0}) {
    FakeRuns runs{.first_error = error};
    const auto [run, said] = search(runs, 0.01);
    REQUIRE(run.has_value());
    CHECK(runs.tried.size() == 1);
    CHECK(*run->largest_error == error);
    CHECK(said.empty());
  }
}

TEST_CASE("a target out of reach: the best run, and why") {
  FakeRuns runs{.first_error = 1e6};
  const auto [run, said] = search(runs, 1.0);  // even errors like 1 / samples: 1e9 samples
  REQUIRE(run.has_value());
  CHECK(runs.tried.size() == 1);
  REQUIRE(said.size() == 1);
  CHECK(said[0].kind == tpc::diag::Kind::target_missed);
  CHECK(said[0].message.find("1e+09 samples") != std::string::npos);
}

TEST_CASE("too little memory for what it would take: the last run that there was memory for") {
  FakeRuns runs{.first_error = 0.1, .too_many = 60000};
  const auto [run, said] = search(runs, 1e-3);
  REQUIRE(run.has_value());
  CHECK(runs.tried == std::vector<int64_t>{1000, 8000, 64000});
  CHECK(run->choice.settings.samples == 8000);
  REQUIRE(said.size() == 1);
  CHECK(said[0].message.find("with 64000 samples: not enough memory") != std::string::npos);
  FakeRuns none{.too_many = 1};
  const auto failed = search(none, 1e-3);
  CHECK(!failed.run.has_value());
  REQUIRE(failed.said.size() == 1);
  CHECK(failed.said[0].kind == tpc::diag::Kind::not_enough_memory);
}

TEST_CASE("stopped by the user: the last whole run") {
  FakeRuns runs{.first_error = 0.1, .interrupted_from = 8000};
  const auto [run, said] = search(runs, 1e-3);
  REQUIRE(run.has_value());
  CHECK(run->choice.settings.samples == 1000);
  CHECK(run->trajectory.interrupted);
  CHECK(said.empty());
}

TEST_CASE("nodes of quadrature grow by half, to their largest number") {
  FakeRuns runs{.method = TP_METHOD_QUADRATURE, .first_error = 1.0, .rate = 1.0, .first_samples = 128};
  const auto [run, said] = search(runs, 1e-9);
  REQUIRE(run.has_value());
  CHECK(runs.tried == std::vector<int64_t>{128, 191, 286, 429});
  REQUIRE(said.size() == 1);
  CHECK(said[0].message.find("at most 512 nodes") != std::string::npos);
}

TEST_CASE("without recorded outputs the error is that of losses and observations") {
  Trajectory run;
  run.loss = {{1.0, 2.0}, {0.1, 0.3}};
  CHECK(largest_error(run) == 0.3);
  run.observed = {{"gram", {}, {{1.0}, {0.7}}}};
  CHECK(largest_error(run) == 0.7);
  run.outputs = {{"train", {}, {{1.0}, {}}}};
  CHECK(largest_error(run) == 0.0);
}
