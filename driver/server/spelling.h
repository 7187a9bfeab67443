/// \file Words of a text, as the lexer splits it (grammar/README.md, "Lines and words").
#pragma once

#include <cstdint>
#include <string_view>

#include "base/diag/span.h"

namespace tpc::driver::server {

/// The word that the byte lies in or that ends before it; empty if there is none.
Span word_around(std::string_view text, uint32_t offset);

}  // namespace tpc::driver::server
