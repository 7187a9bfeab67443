/// \file A text as every reader of it begins: tokens, statements, declarations. Without what makes a whole program of
/// them (parse.h).
#pragma once

#include <vector>

#include "base/diag/diagnostic.h"
#include "grammar/program.h"
#include "grammar/token.h"

namespace tpc::grammar {

struct Reading {
  Tokens tokens;    ///< all of them; none: the text is too large to be read at all (limits.h)
  Tokens laid_out;  ///< without the ends of lines that separate nothing
  std::vector<TopLevel> items;
};

/// Reads a text; what cannot be read is reported and left out.
Reading read(const diag::Source& source, diag::Engine& diagnostics);

}  // namespace tpc::grammar
