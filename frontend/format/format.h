/// \file The one way in which programs are written: spaces, indentation and columns; line breaks stay the author's.
#pragma once

#include <optional>
#include <string>

#include "base/diag/diagnostic.h"

namespace tpc::format {

/// The text of a program or of the library as it should be written: with the same tokens and comments on the same
/// lines, so with the same syntax tree, and a fixed point of this function. Null, with the errors in `diagnostics`: it
/// cannot be parsed. A file without a model is none of them.
std::optional<std::string> format_source(const diag::Source& source, diag::Engine& diagnostics);

}  // namespace tpc::format
