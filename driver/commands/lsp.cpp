/// \file `tpc lsp`: the language server.
#include "driver/commands/commands.h"
#include "driver/server/serve.h"

namespace tpc::driver {

int command_lsp(const Options&) { return server::serve(); }

}  // namespace tpc::driver
