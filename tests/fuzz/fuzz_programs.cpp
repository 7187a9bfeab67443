// Mutated examples through the commands of tpc, in process. Usage: harness.h; failing inputs are kept in fuzz_failures.
#include <unistd.h>

#include <fstream>

#include "base/files/output_file.h"
#include "driver/commands/commands.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/seeds.h"

namespace {

using namespace tpc;
namespace fs = std::filesystem;

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

fuzz::Counts fuzz_programs(fuzz::Request request) {
  auto& [trials, seed, examples, keep] = request;
  const std::vector<std::string> programs = fuzz::example_programs(examples);
  const fs::path folder = fs::temp_directory_path() / ("tpc_fuzz_" + std::to_string(getpid()));
  fs::create_directories(folder);
  fs::create_directory_symlink(fs::absolute(examples) / "data", folder / "data");
  const std::string path = (folder / "mutant.tp").string();
  trials.input = [&, seed = request.seed](size_t number) {
    fuzz::Generator random(seed * 1'000'003 + number);
    return fuzz::mutate_program(programs[fuzz::below(random, programs.size())], programs, random);
  };
  trials.run = [&](size_t number, const std::string& input) {
    if (const std::string failure = files::write_file(path, input); !failure.empty()) return failure;
    driver::Options options = command_of(number);
    options.file = path;
    const fuzz::Silence silence;
    constexpr double training = 0.3;
    if (options.command == driver::Command::run || options.command == driver::Command::simulate) {
      fuzz::interrupt_after(training);
    }
    const int status = driver::run_command(options);
    return fuzz::judged(status, silence.errors());
  };
  const fuzz::Counts counts = fuzz::run_trials(trials, keep);
  fs::remove_all(folder);
  return counts;
}

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, "programs", fuzz_programs); }
