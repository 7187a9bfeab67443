// Mutated examples through the commands of tpc, in process. Usage: harness.h; failing inputs are kept in fuzz_failures.
#include <unistd.h>

#include <fstream>

#include "base/files/output_file.h"
#include "driver/commands/commands.h"
#include "driver/terminal/interrupt.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/seeds.h"

namespace {

using namespace tpc;
namespace fs = std::filesystem;

struct NamedCommand {
  const char* name;
  driver::Command command;
};

const NamedCommand all_commands[] = {
#define TPC_COMMAND(name) {#name, driver::Command::name},
#include "driver/commands.def"
};

bool trains(driver::Command command) {
  return command == driver::Command::run || command == driver::Command::simulate || command == driver::Command::compare;
}

/// Settings that are cheap.
driver::Options small_options(const fs::path& folder) {
  driver::Options options;
  options.samples = 64;
  options.replicas = 2;
  options.width = 4;
  options.widths = {4, 8};
  options.threads = 1;
  options.record.rule = evaluation::RecordRule::final_step;
  options.optimization_level = 0;
  options.file = (folder / "mutant.tp").string();
  return options;
}

/// One of the commands; what trains or makes machine code is dear and comes seldom.
void choose_command(size_t number, driver::Options& options) {
  constexpr size_t dear = 50;
  if (number % dear == 0) {
    options.command = driver::Command::run;
  } else if (number % dear == 1 || number % dear == 2) {
    options.command = driver::Command::simulate;
  } else if (number % dear == 3) {
    options.command = driver::Command::emit;
    options.stage = "llvm";
  } else {
    const driver::Command commands[] = {driver::Command::check, driver::Command::classify, driver::Command::derive,
                                        driver::Command::emit, driver::Command::mup};
    options.command = commands[number % std::size(commands)];
  }
}

/// What an input goes to: `only`, or without it one of the commands.
driver::Options command_of(size_t number, const std::string& only, const fs::path& folder) {
  driver::Options options = small_options(folder);
  const char* const stages[] = {"ast", "tp", "grad", "limit", "llvm"};
  const size_t stage = number / 5;
  if (only.empty()) {
    options.stage = stages[stage % (std::size(stages) - 1)];
    choose_command(number, options);
  } else {
    options.stage = stages[stage % std::size(stages)];
    for (const auto& [name, command] : all_commands) {
      if (name == only) options.command = command;
    }
  }
  if (options.command == driver::Command::compile) options.output = (folder / "mutant.o").string();
  const char* const parametrizations[] = {nullptr, nullptr, "ntp", "mup", "sp"};
  const char* const name = parametrizations[number / 7 % std::size(parametrizations)];
  if (name != nullptr && options.command != driver::Command::mup) options.parametrization = name;
  if (number / 13 % 2 == 1) {
    options.optimizer = "adam";  // read by `mup`
    options.coordinates = true;  // read by `compare`
  }
  const char* const formats[] = {"text", "json", options.command == driver::Command::derive ? "latex" : "text"};
  options.format = formats[number / 11 % std::size(formats)];
  return options;
}

/// What the command says is wrong: `check --format json` in its result, all others on standard error.
std::string errors_of(const driver::Options& options, const fuzz::Silence& silence) {
  const bool in_result = options.command == driver::Command::check && options.json();
  if (!in_result) return silence.errors();
  const std::string output = silence.output();
  return output.find(R"("severity": "error")") == std::string::npos ? output : "error: " + output;
}

fuzz::Counts fuzz_programs(fuzz::Request request) {
  auto& [trials, seed, examples, keep, only] = request;
  const std::vector<std::string> programs = fuzz::example_programs(examples);
  const fs::path folder = fs::temp_directory_path() / ("tpc_fuzz_" + std::to_string(getpid()));
  fs::create_directories(folder);
  fs::create_directory_symlink(fs::absolute(examples) / "data", folder / "data");
  const std::string path = (folder / "mutant.tp").string();
  driver::handle_interrupts();
  trials.input = [&, seed = request.seed](size_t number) {
    fuzz::Generator random(seed * 1'000'003 + number);
    return fuzz::mutate_program(programs[fuzz::below(random, programs.size())], programs, random);
  };
  trials.run = [&](size_t number, const std::string& input) {
    if (const std::string failure = files::write_file(path, input); !failure.empty()) return failure;
    const driver::Options options = command_of(number, request.only, folder);
    const fuzz::Silence silence;
    constexpr double training = 0.3;
    if (trains(options.command)) fuzz::interrupt_after(training);
    const int status = driver::run_command(options);
    if (status == driver::exit_interrupted)
      _exit(status);  // an interruption is not taken back: the next process goes on
    return fuzz::judged(status, errors_of(options, silence));
  };
  const fuzz::Counts counts = fuzz::run_trials(trials, keep);
  fs::remove_all(folder);
  return counts;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> names;
  for (const auto& [name, command] : all_commands) names.emplace_back(name);
  return fuzz::fuzz_main(argc, argv, "programs", fuzz_programs, names);
}
