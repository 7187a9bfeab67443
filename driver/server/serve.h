/// \file `tpc lsp` as one function.
#pragma once

namespace tpc::driver::server {

/// Serves on standard input and output. The exit status of the protocol.
int serve();

}  // namespace tpc::driver::server
