/// \file Places where one of a few words must stand: an optimizer, a data source, the order of batches.
#pragma once

#include <string>
#include <vector>

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// The word an expression begins with: `mse` of mse(...), `full`. Empty: it is no word.
ast::Name head_of(const ast::Expression& expression);

/// The call, if the expression is one of one of `choices`; null (reported) otherwise. `what`: "optimizer"; `article`:
/// how it is called where something else stands there, "the optimizer" if empty. `advice`: added to an unknown word.
const ast::Call* check_choice(Checker& checker, const ast::Expression& expression, const std::string& what,
                              const std::vector<std::string>& choices, const std::string& advice = "",
                              const std::string& article = "");

}  // namespace tpc::sema
