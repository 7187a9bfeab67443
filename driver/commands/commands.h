/// \file The subcommands, one file each, and their exit codes (cli.md).
#pragma once

#include "driver/options.h"

namespace tpc::driver {

inline constexpr int exit_success = 0;
inline constexpr int exit_user_error = 1;  ///< diagnostics are on stderr
inline constexpr int exit_wrong_usage = 2;
inline constexpr int exit_internal_error = 3;
inline constexpr int exit_interrupted = 130;  ///< 128 + SIGINT; what was computed so far has been written

/// Dispatches, and turns exceptions into exit codes and messages on stderr.
int run_command(const Options& options);

int command_check(const Options& options);
int command_classify(const Options& options);
int command_derive(const Options& options);
int command_run(const Options& options);
int command_simulate(const Options& options);
int command_compare(const Options& options);
int command_compare_coordinates(const Options& options);  ///< compare --coords
int command_compile(const Options& options);
int command_mup(const Options& options);
int command_emit(const Options& options);

}  // namespace tpc::driver
