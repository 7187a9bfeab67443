/// \file Characters to tokens. Comments and blanks are dropped; every line end is a separator (layout.h sorts out which
/// of them count). Reports what is no token at all.
#pragma once

#include "base/diag/diagnostic.h"
#include "grammar/token.h"

namespace tpc::grammar {

/// The tokens of the text, the last of kind `end`; empty if there are more than most_tokens (reported).
Tokens tokenize(const diag::Source& source, diag::Engine& diagnostics);

}  // namespace tpc::grammar
