/// \file The text of a `.tp` file to its syntax tree. The language is in grammar/README.md.
#pragma once

#include <memory>

#include "base/diag/diagnostic.h"
#include "frontend/ast/ast.h"

namespace tpc::grammar {

/// Parses the whole file, and adds the library (library.h). Errors go to `diagnostics`; what could be read is returned
/// all the same, so that several errors are found in one run. Null only if the file is too large to be read at all
/// (limits.h).
std::shared_ptr<const ast::Program> parse(const diag::Source& source, diag::Engine& diagnostics);

}  // namespace tpc::grammar
