/// \file Which line ends separate statements: not those inside brackets, after `,` or an operator, or before one. Works
/// on broken text too (an unclosed bracket ends where the next statement visibly begins), so that one error stays one.
/// Bounds the size of every statement before a recursive rule sees it.
#pragma once

#include "base/diag/diagnostic.h"
#include "grammar/token.h"

namespace tpc::grammar {

/// Drops the line ends that separate nothing, and reports statements beyond limits.h: their first token too many
/// becomes `invalid`, where every rule stops.
Tokens lay_out(const Tokens& tokens, diag::Engine& diagnostics);

/// Whether a declaration visibly begins at `token`: `def` and a name, `train` and `{`, ... Used to recover from a
/// missing bracket. The token after `token` must exist.
bool begins_declaration(const Token* token);

/// The words a declaration begins with: model, width, ...
const std::vector<std::string>& declaration_keywords();

}  // namespace tpc::grammar
