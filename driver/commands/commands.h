/// \file The subcommands, one file each (cli.md).
#pragma once

#include "driver/options.h"

namespace tpc::driver {

/// Dispatches, and turns exceptions into exit codes and messages on stderr.
int run_command(const Options& options);

#define TPC_COMMAND(name) int command_##name(const Options& options);
#include "driver/commands.def"

}  // namespace tpc::driver
