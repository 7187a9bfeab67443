/// \file `tpc import`: a PyTorch module as a program. The tracing is Python's (python/tpc_import).
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "base/files/output_file.h"
#include "driver/commands/commands.h"
#include "driver/terminal/child.h"
#include "driver/terminal/files.h"
#include "fmt/format.h"
#include "frontend/format/format.h"

namespace tpc::driver {
namespace {

int refused(const std::string& why) {
  std::cerr << "error: " << why << '\n';
  return exit_user_error;
}

std::string python() {
  const char* chosen = std::getenv("TPC_PYTHON");
  return chosen != nullptr && *chosen != '\0' ? chosen : "python3";
}

/// Why the program cannot be written there; empty: nothing is known.
std::string obstacle_to_output(const Options& options) {
  if (options.output.empty()) return {};
  const std::string module = options.file.substr(0, options.file.find(':'));
  std::error_code error;
  if (std::filesystem::equivalent(module, options.output, error)) return "it is the module itself";
  return obstacle_to_writing(options.output);
}

/// As `tpc format` writes it; what is no program (another one than Python was named) as it is.
std::string formatted(const std::string& program) {
  diag::Engine diagnostics;
  return format::format_source(diag::Source("", program), diagnostics).value_or(program);
}

}  // namespace

int command_import(const Options& options) {
  if (const std::string why = obstacle_to_output(options); !why.empty()) {
    return refused(fmt::format("cannot write {}: {}", options.output, why));
  }
  const std::string script = python_folder("tpc_import");
  if (script.empty()) return refused("the Python part of `tpc import` is not beside this program: install tpc again");
  std::vector<std::string> arguments = {python(), script, options.file};
  if (!options.width_sizes.empty()) arguments.push_back("--width=" + options.width_sizes);
  if (!options.input_shape.empty()) arguments.push_back("--input=" + options.input_shape);
  const Child child = run_child(arguments);
  if (!child.obstacle.empty()) {
    return refused(fmt::format(
        "`tpc import` runs {}: {}; install python3 with torch (Debian: python3-torch), or name one by TPC_PYTHON",
        arguments.front(), child.obstacle));
  }
  if (child.status != 0) return exit_user_error;  // it has said why
  const std::string program = formatted(child.output);
  if (options.output.empty()) {
    std::cout << program;
    return exit_success;
  }
  const std::string failure = files::write_file(options.output, program);
  return failure.empty() ? exit_success : refused(fmt::format("cannot write {}: {}", options.output, failure));
}

}  // namespace tpc::driver
