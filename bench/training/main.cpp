// Trains one program with one evaluator and prints what `tpc run` or `tpc simulate` print as JSON, and the seconds of
// every step:
//
//     tpc_bench_training limit FILE [options of tpc run]
//     tpc_bench_training interpreter|by_hand_f64|by_hand_f32 FILE --width N [options of tpc simulate]
//
// Networks of finite width (--seeds K) are trained --threads at once, each on one thread. Observations besides outputs
// are left out.
#include <cblas.h>

#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "bench/training/by_hand_evaluator.h"
#include "bench/training/ensemble.h"
#include "bench/training/step_clock.h"
#include "driver/report/json.h"
#include "driver/report/run_json.h"
#include "driver/session.h"
#include "driver/settings.h"
#include "evaluation/width/width_evaluator.h"
#include "runtime/algebra/student_factor.h"

namespace {

using namespace tpc;

bench::MakeNetwork network_maker(const std::string& evaluator, const driver::Session& session, int64_t width) {
  if (evaluator == "interpreter") {
    return [&session, width](uint64_t seed) {
      return std::make_unique<evaluation::WidthEvaluator>(*session.compilation->training_step, width, seed, 1);
    };
  }
  const auto precision = evaluator == "by_hand_f32" ? bench::Precision::f32 : bench::Precision::f64;
  return [&session, width, precision](uint64_t seed) {
    return bench::make_by_hand(session.program(), precision, width, seed);
  };
}

std::optional<driver::Json> networks(const std::string& evaluator, const driver::Options& options,
                                     const driver::Session& session) {
  const bench::Ensemble ensemble = bench::train_ensemble(
      session, {options.width, options.seeds == 0 ? 1 : options.seeds, options.seed, options.threads},
      network_maker(evaluator, session, options.width));
  driver::Json json = driver::width_json(session, ensemble.run);
  json["step_seconds"] = ensemble.step_seconds;
  return json;
}

std::optional<driver::Json> limit(const driver::Options& options, const driver::Session& session) {
  bench::StepClock clock;
  const auto run =
      evaluation::run_infinite_width(session.problem(clock), session.derived(), driver::evaluation_settings(options));
  if (driver::print_diagnostics(*session.compilation) || !run) return {};
  driver::Json json = driver::limit_json(session, *run);
  json["step_seconds"] = clock.step_seconds();
  const auto replicas = static_cast<size_t>(run->choice.settings.replicas);
  if (replicas > 1) json["student_factor"] = runtime::student_factor(replicas);
  return json;
}

int run(const std::string& evaluator, const driver::Options& options) {
  const bool of_limit = evaluator == "limit";
  const auto session = driver::start_session(options, of_limit ? driver::Stage::limit : driver::Stage::classification);
  if (!session) return driver::exit_user_error;
  session->plan.observed.clear();
  openblas_set_num_threads(1);
  const auto json = of_limit ? limit(options, *session) : networks(evaluator, options, *session);
  if (!json) return driver::exit_user_error;
  std::cout << driver::json_text(*json);
  return driver::exit_success;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string evaluator = argc > 1 ? argv[1] : "";
  const bool known =
      evaluator == "limit" || evaluator == "interpreter" || evaluator == "by_hand_f64" || evaluator == "by_hand_f32";
  if (!known) {
    std::cerr << "usage: tpc_bench_training limit|interpreter|by_hand_f64|by_hand_f32 FILE [options]\n";
    return driver::exit_wrong_usage;
  }
  std::string command = evaluator == "limit" ? "run" : "simulate";
  std::vector<char*> arguments(argv, argv + argc);
  arguments[1] = command.data();
  driver::Options options;
  if (const auto done = driver::parse_command_line(argc, arguments.data(), options)) return *done;
  try {
    return run(evaluator, options);
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return driver::exit_internal_error;
  }
}
