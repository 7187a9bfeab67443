#include "driver/commands/commands.h"

#include <iostream>
#include <new>

#include "base/diag/check.h"

namespace tpc::driver {
namespace {

int dispatch(const Options& options) {
  switch (options.command) {
#define TPC_COMMAND(name) \
  case Command::name: return command_##name(options);
#include "driver/commands.def"
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
