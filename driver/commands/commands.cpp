#include "driver/commands/commands.h"

#include <iostream>
#include <new>

#include "base/diag/check.h"

namespace tpc::driver {
namespace {

int dispatch(const Options& options) {
  switch (options.command) {
    case Command::check: return command_check(options);
    case Command::classify: return command_classify(options);
    case Command::derive: return command_derive(options);
    case Command::run: return command_run(options);
    case Command::simulate: return command_simulate(options);
    case Command::compare: return options.coordinates ? command_compare_coordinates(options) : command_compare(options);
    case Command::compile: return command_compile(options);
    case Command::mup: return command_mup(options);
    case Command::emit: return command_emit(options);
  }
  TPC_CHECK(false, "a command without an implementation");
}

}  // namespace

int run_command(const Options& options) {
  try {
    return dispatch(options);
  } catch (const std::bad_alloc&) {
    std::cerr << "error: not enough memory\n";
    return exit_user_error;
  } catch (const std::exception& error) {
    std::cerr << "internal error: " << error.what() << "\nThis is a bug of tpc, not of your file.\n";
    return exit_internal_error;
  }
}

}  // namespace tpc::driver
