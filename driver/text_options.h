/// \file The command line of the commands about texts: format, new, explain.
#pragma once

#include "driver/options.h"

namespace CLI {
class App;
}

namespace tpc::driver {

/// Adds them to the program's command line; what they read goes to `options`.
void add_text_commands(CLI::App& app, Options& options);

}  // namespace tpc::driver
