// Mutated programs through the commands of tpc, and mutated IR through the passes of tpc-opt, in process.
// Usage: fuzz_test programs|ir COUNT EXAMPLES [SEED [FIRST]]. Exit status 1: some input did harm (its number is
// printed, and the input kept in the folder fuzz_failures).
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "base/files/output_file.h"
#include "driver/commands/commands.h"
#include "driver/opt/run_passes.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/retype.h"
#include "tests/fuzz/seeds.h"
#include "tests/fuzz/trials.h"

namespace {

using namespace tpc;
namespace fs = std::filesystem;

/// Takes what the commands print.
class Silence {
 public:
  Silence() : out_(std::cout.rdbuf(text_.rdbuf())), error_(std::cerr.rdbuf(errors_.rdbuf())) {}
  ~Silence() {
    std::cout.rdbuf(out_);
    std::cerr.rdbuf(error_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  [[nodiscard]] std::string errors() const { return errors_.str(); }

 private:
  std::ostringstream text_, errors_;
  std::streambuf *out_, *error_;
};

/// A command's promise: success, or status 1 with an error that says what; never an internal error.
std::string judged(int status, const std::string& errors) {
  if (status == driver::exit_success || status == driver::exit_interrupted) {
    fuzz::count_accepted();
    return {};
  }
  if (status == driver::exit_user_error && errors.find("error: ") != std::string::npos) return {};
  return "exit status " + std::to_string(status) + ": " + errors.substr(0, 600);
}

/// Which command an input goes to; what trains is dear and comes seldom.
driver::Options command_of(size_t number) {
  driver::Options options;
  options.samples = 64;
  options.replicas = 2;
  options.threads = 1;
  options.record.rule = evaluation::RecordRule::final_step;
  options.optimization_level = 0;
  const char* const stages[] = {"ast", "tp", "grad", "limit"};
  constexpr size_t trained = 50;
  if (number % trained == 0) {
    options.command = driver::Command::run;
  } else if (number % trained == 1 || number % trained == 2) {
    options.command = driver::Command::simulate;
    options.width = 4;
  } else if (number % trained == 3) {
    options.command = driver::Command::emit;
    options.stage = "llvm";
  } else {
    const driver::Command commands[] = {driver::Command::check, driver::Command::classify, driver::Command::derive,
                                        driver::Command::emit, driver::Command::mup};
    options.command = commands[number % std::size(commands)];
    options.stage = stages[number / std::size(commands) % std::size(stages)];
  }
  const char* const parametrizations[] = {nullptr, nullptr, "ntp", "mup", "sp"};
  if (const char* name = parametrizations[number / 7 % std::size(parametrizations)]) options.parametrization = name;
  return options;
}

fuzz::Counts fuzz_programs(fuzz::Trials trials, uint64_t seed, const fs::path& examples, const std::string& keep) {
  const std::vector<std::string> programs = fuzz::example_programs(examples);
  const fs::path folder = fs::temp_directory_path() / ("tpc_fuzz_" + std::to_string(getpid()));
  fs::create_directories(folder);
  fs::create_directory_symlink(fs::absolute(examples) / "data", folder / "data");
  const std::string path = (folder / "mutant.tp").string();
  trials.input = [&](size_t number) {
    fuzz::Generator random(seed * 1'000'003 + number);
    return fuzz::mutate_program(programs[fuzz::below(random, programs.size())], programs, random);
  };
  trials.run = [&](size_t number, const std::string& input) {
    if (const std::string failure = files::write_file(path, input); !failure.empty()) return failure;
    driver::Options options = command_of(number);
    options.file = path;
    const Silence silence;
    constexpr double training = 0.3;
    if (options.command == driver::Command::run || options.command == driver::Command::simulate) {
      fuzz::interrupt_after(training);
    }
    const int status = driver::run_command(options);
    return judged(status, silence.errors());
  };
  const fuzz::Counts counts = fuzz::run_trials(trials, keep);
  fs::remove_all(folder);
  return counts;
}

/// Lists of passes in the order in which they make sense for the IR, seldom for the other one.
std::vector<std::string> passes_of(size_t number, bool limit) {
  static const std::vector<std::string> of_tp[] = {
      {"print-width"},
      {"derive-limit", "simplify", "cse", "dce", "print-derivation"},
      {"derive-kernel", "simplify", "cse", "dce", "print-derivation"},
      {"cse", "simplify", "autodiff", "sgd", "cse", "simplify", "cse", "dce", "print-width"},
      {"simplify", "cse", "fold-constants", "dce"},
      {"derive-kernel", "gaussian", "print-derivation"},
      {"autodiff", "sgd", "derive-limit", "homogenize", "print-derivation"},
  };
  static const std::vector<std::string> of_limit[] = {
      {"print-derivation"},
      {"gaussian", "simplify", "cse", "dce", "print-derivation"},
      {"homogenize", "fold-constants", "simplify", "cse", "dce"},
      {"simplify", "cse", "dce", "print-derivation"},
  };
  constexpr size_t seldom = 29;
  if (limit == (number % seldom != 0)) return of_limit[number % std::size(of_limit)];
  return of_tp[number % std::size(of_tp)];
}

fuzz::Counts fuzz_ir(fuzz::Trials trials, uint64_t seed, const fs::path& examples, const std::string& keep) {
  std::vector<std::string> texts;
  {
    const Silence silence;  // not every example has a limit in every parametrization
    texts = fuzz::example_irs(examples);
  }
  trials.input = [&](size_t number) {
    fuzz::Generator random(seed * 1'000'003 + number);
    std::string text = fuzz::mutate_ir(texts[fuzz::below(random, texts.size())], random);
    return number % 4 == 0 ? text : fuzz::retyped(text);
  };
  trials.run = [&](size_t number, const std::string& input) {
    driver::OptOptions options;
    options.passes = passes_of(number / 4, input.starts_with("limit"));
    options.pass_options.verify_each = true;
    if (number % 3 == 0) options.sgd.clip = 1.0;
    if (number % 5 == 0) options.sgd.momentum = 0.5;
    const Silence silence;
    const int status = driver::run_opt(options, diag::Source("mutant", input));
    return judged(status, silence.errors());
  };
  return fuzz::run_trials(trials, keep);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: fuzz_test programs|ir COUNT EXAMPLES [SEED [FIRST]]\n";
    return 2;
  }
  const std::string what = argv[1];
  const uint64_t seed = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1;
  fuzz::Trials trials;
  trials.what = what;
  trials.count = std::strtoull(argv[2], nullptr, 10);
  trials.first = argc > 5 ? std::strtoull(argv[5], nullptr, 10) : 0;
  const std::string keep = "fuzz_failures";
  const auto [failures, accepted] =
      what == "ir" ? fuzz_ir(trials, seed, argv[3], keep) : fuzz_programs(trials, seed, argv[3], keep);
  std::cout << what << ": seed " << seed << ", " << trials.count << " inputs, " << accepted << " accepted, " << failures
            << " did harm\n";
  return failures == 0 ? 0 : 1;
}
