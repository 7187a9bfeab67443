/// Momentum, weight decay, clipping and schedules from the text of a program to its limit: the limit against finite
/// networks of growing width, and the exact method against sampling on a deep linear network.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "driver/session.h"
#include "driver/settings.h"
#include "driver_support.h"
#include "evaluation/limit/limit_run.h"
#include "evaluation/width/width_run.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"

using namespace tpc;
using namespace tpc::driver;
using namespace tpc::evaluation;

namespace {

const char* const hidden_layers =
    "param U : [n, 2] init normal(std = 1)\nparam W : [n, n] init normal(std = 1.2)\n"
    "param V : [1, n] init normal(std = 1)\n";

/// The program trained by `optimizer` for `steps` steps, with its limit.
std::unique_ptr<Session> session_with(const Options& options, const ir::SgdSettings& optimizer, int64_t steps) {
  auto session = start_session(options, Stage::finite_width);
  REQUIRE(session != nullptr);
  session->plan.steps = steps;
  session->plan.recorded = {0, steps / 2, steps};
  passes::AnyModule module = *session->compilation->finite_width;
  passes::PassOptions pass_options;
  pass_options.optimizer = optimizer;
  pass_options.verify_each = true;
  std::ostringstream ignored;
  REQUIRE(passes::run_passes(module, passes::step_pipeline(), pass_options, ignored) == "");
  session->compilation->training_step = std::get<ir::tp::Module>(module);
  std::vector<std::string> names{"derive-limit"};
  for (const std::string& name : passes::limit_pipeline()) names.push_back(name);
  REQUIRE(passes::run_passes(module, names, pass_options, ignored) == "");
  session->compilation->limit = std::get<ir::limit::Module>(module);
  return session;
}

struct Fixture {
  explicit Fixture(const std::string& network) : text(program_text(hidden_layers, network)) {
    options.file = folder.file("small.tp", text);
    options.threads = 2;
  }
  std::unique_ptr<Session> session(const ir::SgdSettings& optimizer, int64_t steps) {
    return session_with(options, optimizer, steps);
  }
  Estimates limit(Session& session) {
    auto run = run_limit(session.problem(monitor), *session.compilation->finite_width, *session.compilation->limit,
                         evaluation_settings(options));
    REQUIRE(run.has_value());
    return run->trajectory.outputs.at(0).values;
  }

  SilentMonitor monitor;
  TemporaryFolder folder;
  std::string text;
  Options options;
};

ir::SgdSettings all_settings() {
  ir::SgdSettings settings;
  settings.learning_rate = {ir::ScheduleKind::cosine, 0.3, 0.05, 6, 1.0, 1};
  settings.momentum = 0.9;
  settings.weight_decay = 0.1;
  return settings;
}

passes::Classification classified(Fixture& fixture, const std::string& c, const ir::SgdSettings& optimizer) {
  std::string text = fixture.text;
  text += c.empty() ? "" : "parametrization mup { lr : c = " + c + " }\n";
  text.erase(text.find("parametrization mup\n"), c.empty() ? 0 : std::string("parametrization mup\n").size());
  Options options = fixture.options;
  options.file = fixture.folder.file("classified.tp", text);
  const auto session = start_session(options, Stage::finite_width);
  REQUIRE(session != nullptr);
  passes::AnyModule module = *session->compilation->finite_width;
  passes::PassOptions pass_options;
  pass_options.optimizer = optimizer;
  std::ostringstream ignored;
  REQUIRE(passes::run_passes(module, passes::step_pipeline(), pass_options, ignored) == "");
  const auto& step = std::get<ir::tp::Module>(module);
  return passes::classify(step, passes::analyze_width(step));
}

/// rms of the differences, and whether each is within 4 standard errors.
struct Distance {
  double rms = 0.0;
  bool within_errors = true;
};
Distance distance(const Estimates& limit, const Estimates& finite) {
  Distance result;
  REQUIRE(limit.mean.size() == finite.mean.size());
  for (size_t i = 2; i < limit.mean.size(); ++i) {  // f_0 = 0 in the limit: nothing to see
    const double difference = limit.mean[i] - finite.mean[i];
    const double error = std::hypot(finite.error[i], limit.error.empty() ? 0.0 : limit.error[i]);
    result.rms += difference * difference;
    result.within_errors = result.within_errors && std::abs(difference) <= 4.0 * error;
  }
  result.rms = std::sqrt(result.rms);
  return result;
}

void check_against_widths(Fixture& fixture, const ir::SgdSettings& settings) {
  fixture.options.samples = 8192;
  fixture.options.replicas = 6;
  const auto session = fixture.session(settings, 6);
  const Estimates limit = fixture.limit(*session);
  std::vector<Distance> distances;
  for (const auto& [width, seeds] : std::vector<std::pair<int64_t, int64_t>>{{16, 400}, {256, 48}, {2048, 10}}) {
    const auto run = run_width(session->problem(fixture.monitor), *session->compilation->training_step,
                               {width, seeds, fixture.options.seed, fixture.options.threads});
    REQUIRE(run.has_value());
    distances.push_back(distance(limit, run->trajectory.outputs.at(0).values));
    MESSAGE("width " << width << ": rms difference " << distances.back().rms);
  }
  CHECK(distances.back().within_errors);
  CHECK(distances.back().rms < distances.front().rms);
}

}  // namespace

// ZShare: weight decay rescales W_0.
TEST_CASE("momentum, weight decay and a cosine schedule: the limit against finite networks") {
  Fixture fixture("return V @ tanh(W @ tanh(U @ x))");
  check_against_widths(fixture, all_settings());
}

TEST_CASE("clipping and a linear schedule: the limit against finite networks") {
  Fixture fixture("return V @ tanh(W @ tanh(U @ x))");
  ir::SgdSettings settings;
  settings.learning_rate = {ir::ScheduleKind::linear, 0.6, 0.2, 4, 1.0, 1};
  settings.clip = 0.5;
  settings.momentum = 0.5;
  check_against_widths(fixture, settings);
}

TEST_CASE("weight decay without momentum, and steps: a weight used twice, once transposed") {
  Fixture fixture("z = tanh(U @ x)\nreturn V @ (z + W.T @ tanh(W @ z))");
  ir::SgdSettings settings;
  settings.learning_rate = {ir::ScheduleKind::steps, 0.4, 0.0, 1, 0.5, 2};
  settings.weight_decay = 0.2;
  check_against_widths(fixture, settings);
}

TEST_CASE("a linear network: the exact method against sampling") {
  Fixture fixture("return V @ (W @ (U @ x))");
  const ir::SgdSettings settings = all_settings();
  fixture.options.method = Method::exact;
  auto exact_session = fixture.session(settings, 8);
  const Estimates exact = fixture.limit(*exact_session);
  fixture.options.method = Method::qmc;
  fixture.options.samples = 8192;
  fixture.options.replicas = 8;
  auto sampled_session = fixture.session(settings, 8);
  const Estimates sampled = fixture.limit(*sampled_session);
  REQUIRE(exact.mean.size() == sampled.mean.size());
  for (size_t i = 2; i < exact.mean.size(); ++i) {
    CHECK(std::abs(exact.mean[i] - sampled.mean[i]) <= 4.0 * sampled.error[i] + 1e-9);
    CHECK(sampled.error[i] < 1e-2);
  }
}

TEST_CASE("weight decay is lr n^{-c} of the weights: it vanishes, moves the features, or blows up") {
  Fixture fixture("return V @ tanh(W @ tanh(U @ x))");
  ir::SgdSettings momentum = ir::SgdSettings::constant(0.1);
  momentum.momentum = 0.9;
  ir::SgdSettings decay = momentum;
  decay.weight_decay = 0.1;
  using passes::Regime;
  for (const char* c : {"", "1", "-1/2"}) {
    const auto plain = classified(fixture, c, ir::SgdSettings::constant(0.1));
    const auto carried = classified(fixture, c, momentum);
    CHECK(plain.regime == carried.regime);  // momentum changes no exponent
    CHECK(plain.r == carried.r);
  }
  CHECK(classified(fixture, "", decay).regime == Regime::feature_learning);
  const auto slow = classified(fixture, "1", decay);
  CHECK(slow.regime == Regime::trivial);
  CHECK(slow.r == ir::Rational(1));
  CHECK(classified(fixture, "-1/2", decay).regime == Regime::unstable);
  // The momentum is no weight of the user's.
  CHECK(slow.weights.size() == 3);
}
