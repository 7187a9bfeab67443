/// \file Quoted texts: `"train.csv"`.
#pragma once

#include <string>

#include "base/diag/diagnostic.h"
#include "grammar/token.h"

namespace tpc::grammar {

/// The value of a text token: without quotes, escapes resolved. Unknown escapes are kept as written.
std::string text_value(const Token& token);

/// Reports unknown escapes of a text token.
void check_escapes(const Token& token, diag::Engine& diagnostics);

}  // namespace tpc::grammar
