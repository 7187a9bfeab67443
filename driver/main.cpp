/// \file The `tpc` command: read the command line, run the subcommand, turn what went wrong into an exit code.
#include "driver/commands/commands.h"
#include "driver/options.h"
#include "driver/terminal/interrupt.h"
#include "driver/terminal/standard_streams.h"

int main(int argc, char** argv) {
  tpc::driver::prepare_standard_streams();
  tpc::driver::handle_interrupts();
  tpc::driver::Options options;
  const auto done = tpc::driver::parse_command_line(argc, argv, options);  // help, version, wrong usage
  return tpc::driver::finish_standard_output(done ? *done : tpc::driver::run_command(options));
}
