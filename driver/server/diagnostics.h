/// \file Diagnostics as the protocol has them.
#pragma once

#include "driver/server/server.h"

namespace tpc::driver::server {

/// Where the document shows it.
Span shown_span(const Analysis& analysis, const diag::Diagnostic& diagnostic);
Json diagnostic_json(Server& server, const Document& document, const Analysis& analysis,
                     const diag::Diagnostic& diagnostic);

}  // namespace tpc::driver::server
