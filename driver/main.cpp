/// \file The `tpc` command: read the command line, run the subcommand, turn what went wrong into an exit code.
#include "driver/commands/commands.h"
#include "driver/options.h"

int main(int argc, char** argv) {
  tpc::driver::Options options;
  if (auto exit_code = tpc::driver::parse_command_line(argc, argv, options)) return *exit_code;
  return tpc::driver::run_command(options);
}
